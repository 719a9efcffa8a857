"""Cheap questions that come before dear ones: which words must be there for a kind to be shown.

A text is asked once which of its words stand in the sets below and which marks it holds. Each set
holds every word without which the patterns of the same name cannot match; a test holds them to it.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from operator import or_

from rollcall.model import EvidenceKind

_TOKEN = re.compile(r"[a-z]+")
_DIGIT = re.compile(r"\d")
_DOTTED = re.compile(r"\.[a-z]")
_HASH = re.compile(r"[0-9a-f]{7}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OUTCOMES = _words(
    "pass passed passes passing fail failed fails failing failure failures green clean red"
    " success succeeded successful successfully issues error errors warning warnings"
    " regressions regression problems problem violations violation exit exited exits ok ms non"
    " zero warns"
)
OUTCOME_BEGINS = OUTCOMES | _words("is still now went no")
COMMAND_OUTCOME_BEGINS = _words(
    "http exit exited exits return returns returned returning pass passed passes fail failed fails"
    " ok clean succeeded success successful successfully confirmed confirm confirms no zero length"
    " produced healthy time timed timeout timedout refused denied received saved creating created"
    " missing restoring exist green all now give gives gave got answer answers answered"
    " with rc without ran runs went goes finishes finished completes completed ends ended crashes"
    " crashed aborts aborted segfaults segfaulted errored hangs hung prints printed show shows"
    " showed lists listed outputs throws threw raises raised"
)
COMMAND_OUTCOME_MARKS = ("→", "➜", "=>", "->", "✅", "✔", "❌", "invalid", ": ", "(")
CHANGES = _words(
    "added updated removed created modified implemented fixed refactored authored documented"
    " renamed replaced moved wrote rewrote extended strengthened hardened tuned swapped converted"
    " rewired wired expanded refreshed cleaned deleted introduced amended patched edited adjusted"
    " dropped capped built drafted restored restoring trimmed split merged bumped pinned enabled"
    " disabled integrated migrated switched scaffolded scripted guarded tweaked corrected reworked"
    " exported registered set changed enhanced imported excluded committed ported vendored landed"
    " shipped stubbed mocked revised new captured"
)
OUTCOME_MARKS = ("✅", "✔", "❌")
OWN_CHECKS = _words(
    "confirmed verified validated revalidated rechecked checked manual manually curl ran probed"
)
EXITS = _words("exit exited exits")
PROGRAMS = _words(
    "npx npm pnpm yarn bun node deno python pytest uv poetry pip cargo go make cmake ctest"
    " curl wget git gh docker kubectl helm terraform psql sqlite mysql redis supabase shopify"
    " vercel flyctl fly bash sh zsh pwsh powershell rg grep jq tsc ruff mypy pyright eslint"
    " vitest jest playwright dotnet mvn gradle bundle rake rspec php composer swift xcodebuild"
    " flutter dart ls cat head tail find ping dig nc ss ps systemctl journalctl aws gcloud az"
    " openssl ssh rsync time env ffmpeg alembic prisma just tox nox py js mjs cjs ts rb ps exe"
    " bin script scripts tools"
)
ARTIFACTS = _words(
    "artifact artifacts test results report reports tmp coverage log logs out output outputs"
    " snapshot snapshots screenshot screenshots backup backups result playwright dist capture"
    " captures evidence benchmark benchmarks sarif png jpg jpeg webm mp har pdf junit tsv"
    " jsonl csv prom zip gz parquet trace"
)
DOCUMENTS = _words(
    "memo note report outline doc document abstract spec write deck summary plan shipped"
    " published saved stored written archived committed dumped exported uploaded captured"
    " generated produced"
)
EXTENSIONS = _words(
    "ts tsx js jsx mjs cjs py pyi rs go java kt swift rb php cs cpp cc hpp c h m scala sh"
    " bash zsh ps sql prisma graphql proto css scss htm html vue svelte md mdx rst txt yml"
    " yaml toml json jsonl lock ini cfg conf env tf ipynb xml csv tsv cnf dockerfile gradle"
    " cmake example local consolidated development production tex bib lua zig nix r readme"
    " makefile dart ex exs erl hs jl gd sol sass less svg adoc properties kts hcl csproj pl pm"
)
FILES = _words("readme dockerfile makefile cmakelists")
STEMS = _words(
    "test tests suite suites spec specs loader route module component components import"
    " imports file files script doc docs page pages helper config vitest stylesheet manifest"
    " folder directory dir readme compose guide guides"
)
COMMITS = _words("commit commits committed head reverted sha rev revision merged pushed cherry")
BLOCKERS = _words(
    "block blocked blocking blocks blocker blockers wait waits waiting await awaits awaiting"
    " pending need needs needed missing require requires required absent outstanding unable"
    " cannot continue proceed before holding standing due without offline down unreachable"
    " denied until installed"
    " outage provided available configured delivered provisioned"
)
FALLBACKS = _words(
    "fallback fall meanwhile meantime interim work workaround instead stop stopgap provisional"
)
UNITS = _words("s ms sec seconds min minutes")
RUNS = _words(
    "seed seeds run runs trial trials samples iterations epochs requests request episodes"
    " rollouts sequential parallel tool script compute runtime x"
)

_WEAK_ANSWERS = _words("no now all zero give gives gave got answer answers answered with without")
ANSWERS = (COMMAND_OUTCOME_BEGINS - _WEAK_ANSWERS) | _words(
    "errors issues matches code status error warning warnings failure failures problem problems"
)
TEST_NOUNS = _words(
    "test tests testcase testcases suite suites spec specs vitest jest pytest unittest mocha"
    " playwright cypress rspec ctest junit lint linter linting eslint ruff flake mypy pyright tsc"
    " prettier type typecheck typechecks typechecking clippy golden goldens e harness gitleaks"
    " assertion assertions regressions validate validation"
)
BUILDS = _words(
    "build builds built compile compiles check checks scan scans ci smoke sweep policy coverage"
    " cargo bench benchs benchmark benchmarks"
)
BARE_PROGRAMS = _words(
    "npx npm pnpm yarn vitest pytest python uv cargo go make curl wget docker kubectl terraform"
    " psql git gh tsc rg shopify script scripts sh node"
)
PULLS = _words("pr mr pull merge merged opened")
LABELS = _words("command commands result results outcome outcomes output outputs status statuses")
RAN = _words("ran rerun run running reran executed kicked")
PLANS = _words(
    "will plan plans planning planned going should would could shouldn wouldn couldn need needs"
    " needed needing next todo todos tbd once if propose proposes proposed proposal proposals"
    " proposing request requests requested requesting recommend recommends recommended"
    " recommending recommendation recommendations expect expects expected expecting ready pending"
    " await awaits awaiting waiting queued how previous previously earlier standing stand standby"
    " intend intends intended intending aim aims aiming prepare preparing want wants wanted"
    " wanting target targets targeting require requires must let lets please not until unchanged"
)
_SURE = _words("confirm ensure verify validate check see prove keep make double")
PURPOSES = _SURE | {f"re{word}" for word in _SURE}
CITATIONS = _words(
    "posted flagged surfaced reported reports claim claims noted says said according shipped"
    " indicates indicating notify notified caught highlights highlighting mention mentions agent"
    " team owner lead manager peer per wrote writes"
)
ORDERS = _words(
    "run re rerun add update fix maintain keep provide approve confirm ensure execute validate"
    " verify document draft define implement migrate investigate address capture collect monitor"
    " surface finalise finalize enforce schedule wire switch upload attach rely use review resolve"
    " replace write create build test check deploy prioritise prioritize optional consider"
)

(
    MAY_TELL_OUTCOME,
    MAY_ANSWER,
    MAY_NAME_TEST,
    MAY_NAME_BUILD,
    MAY_CHECK,
    MAY_EXIT,
    MAY_RUN_TICKED,
    MAY_RUN,
    MAY_MAKE,
    MAY_DOCUMENT,
    MAY_EXTEND,
    MAY_NAME_FILE,
    MAY_NAME_STEM,
    MAY_CHANGE,
    MAY_COMMIT,
    MAY_PULL,
    MAY_BLOCK,
    MAY_FALL_BACK,
    MAY_MEASURE,
    MAY_REPEAT,
    MAY_BE_LABEL,
    MAY_PLAN,
    MAY_MEAN,
    MAY_CITE,
    MAY_ORDER,
    HAS_DIGIT,
    HAS_STATUS,
    HAS_HASH,
    HAS_SLASH,
    HAS_COLON,
    HAS_DOT,
    HAS_HYPHEN,
    HAS_BRACKET,
    HAS_TICK,
    HAS_MARK,
    HAS_JSON,
    HAS_URL,
    MAY_PATCH,
) = (1 << place for place in range(38))
ALL_OPEN = (1 << 38) - 1

_GATES: dict[str, int] = dict.fromkeys(OUTCOME_BEGINS | COMMAND_OUTCOME_BEGINS | RAN, 0)
for _gate, _set in (
    (MAY_TELL_OUTCOME, OUTCOMES),
    (MAY_ANSWER, ANSWERS),
    (MAY_NAME_TEST, TEST_NOUNS),
    (MAY_NAME_BUILD, BUILDS),
    (MAY_CHECK, OWN_CHECKS),
    (MAY_EXIT, EXITS),
    (MAY_RUN_TICKED, PROGRAMS),
    (MAY_RUN, BARE_PROGRAMS),
    (MAY_MAKE, ARTIFACTS),
    (MAY_DOCUMENT, DOCUMENTS),
    (MAY_EXTEND, EXTENSIONS),
    (MAY_NAME_FILE, FILES),
    (MAY_NAME_STEM, STEMS),
    (MAY_CHANGE, CHANGES),
    (MAY_COMMIT, COMMITS),
    (MAY_PULL, PULLS),
    (MAY_BLOCK, BLOCKERS),
    (MAY_FALL_BACK, FALLBACKS),
    (MAY_MEASURE, UNITS),
    (MAY_REPEAT, RUNS),
    (MAY_BE_LABEL, LABELS),
    (MAY_PLAN, PLANS),
    (MAY_MEAN, PURPOSES),
    (MAY_CITE, CITATIONS),
    (MAY_ORDER, ORDERS),
):
    for _word in _set:
        _GATES[_word] = _GATES.get(_word, 0) | _gate
_KNOWN = frozenset(_GATES)
_MARKS = (
    ("/", HAS_SLASH),
    ("`", HAS_TICK),
    ("(", HAS_BRACKET),
    ("-", HAS_HYPHEN),
    ("://", HAS_URL),
    ("./", MAY_RUN),
    ("`\\", MAY_RUN),
    ('{"', HAS_JSON),
    ("->", HAS_MARK),
    ("=>", HAS_MARK),
    ("→", HAS_MARK),
    ("➜", HAS_MARK),
    ("✅", HAS_MARK),
    ("✔", HAS_MARK),
    ("❌", HAS_MARK),
    ("\u00d7", MAY_REPEAT),
)


def words_of(low: str) -> frozenset[str]:
    """Return which words of a folded text stand in the sets above."""
    return _KNOWN.intersection(_TOKEN.findall(low))


def gates_of(low: str) -> int:
    """Return the gates of a folded text, a sum: ``MAY_…`` for its words, ``HAS_…`` for its marks.

    They are those of its words. Agents write few different ones, so those of most are known.
    """
    return reduce(or_, map(_gates_of_word, low.split()), 0)


@lru_cache(maxsize=1 << 14)
def _gates_of_word(word: str) -> int:
    gates = 0
    for token in words_of(word):
        gates |= _GATES[token]
    for mark, gate in _MARKS:
        if mark in word:
            gates |= gate
    if "." in word and _DOTTED.search(word) is not None:
        gates |= HAS_DOT
    if word[-1] == ":":
        gates |= HAS_COLON
    if len(word) > 2 and word.startswith("--"):
        gates |= MAY_RUN
    if _DIGIT.search(word) is not None:
        gates |= HAS_DIGIT | (HAS_STATUS if len(word) > 2 and word[-3:].isdigit() else 0)
        gates |= HAS_HASH if _HASH.search(word) is not None else 0
    return gates


@lru_cache(maxsize=4096)
def kinds_of(gates: int) -> tuple[EvidenceKind, ...]:
    """Return the kinds that a text with these gates may show by itself, blockers apart."""
    digit, slash, tick = gates & HAS_DIGIT, gates & HAS_SLASH, gates & HAS_TICK
    told = gates & (MAY_TELL_OUTCOME | HAS_MARK) or (digit and slash)
    tested = gates & (MAY_NAME_TEST | MAY_NAME_BUILD) or (digit and gates & MAY_TELL_OUTCOME)
    status = gates & MAY_EXIT or (digit and gates & (HAS_SLASH | MAY_CHECK | HAS_STATUS))
    answered = may_spell_command(gates) and gates & (MAY_ANSWER | HAS_DIGIT | HAS_MARK)
    named = gates & MAY_EXTEND and gates & HAS_DOT
    made = gates & (MAY_MAKE | MAY_DOCUMENT) and gates & (HAS_SLASH | HAS_DOT)
    changed = slash and (tick or gates & HAS_COLON)
    stem = gates & MAY_NAME_STEM and gates & (HAS_HYPHEN | HAS_BRACKET | HAS_DOT | HAS_SLASH)
    ways = {
        EvidenceKind.TEST: told and tested,
        EvidenceKind.COMMAND: status or gates & HAS_JSON or answered,
        EvidenceKind.ARTIFACT: made or (named and slash),
        EvidenceKind.DIFF: changed or named or stem or gates & (MAY_NAME_FILE | MAY_PATCH),
        EvidenceKind.COMMIT: gates & HAS_HASH and gates & (MAY_COMMIT | HAS_COLON | HAS_BRACKET),
        EvidenceKind.LINK: gates & HAS_URL or (digit and gates & MAY_PULL),
    }
    return tuple(kind for kind, may in ways.items() if may)


@lru_cache(maxsize=4096)
def may_matter(gates: int) -> bool:
    """Tell whether a text with these gates may show anything, alone or with what is near it."""
    near = MAY_BLOCK | MAY_FALL_BACK | MAY_BE_LABEL
    measured = gates & HAS_DIGIT and gates & (MAY_MEASURE | MAY_REPEAT)
    return bool(kinds_of(gates) or gates & near or measured or may_spell_command(gates))


def may_spell_command(gates: int) -> bool:
    """Tell whether a text with these gates may spell a command."""
    if gates & MAY_RUN:
        return True
    return gates & HAS_TICK != 0 and gates & (MAY_RUN_TICKED | MAY_ANSWER | HAS_MARK) != 0
