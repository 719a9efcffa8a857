"""Cheap questions that come before dear ones: which words must be there for a kind to be shown.

Each set holds every word without which the patterns of the same name cannot match.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def gates_of(tokens: frozenset[str]) -> int:
    """Return which of the sets below hold one of the words: a sum of ``MAY_…``."""
    found = 0
    for word in tokens & _KNOWN:
        found |= _GATES[word]
    return found


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
ARROWS = ("→", "->", "=>")
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

(
    MAY_TELL_OUTCOME,
    MAY_CHECK,
    MAY_EXIT,
    MAY_RUN,
    MAY_MAKE,
    MAY_DOCUMENT,
    MAY_NAME_FILE,
    MAY_NAME_STEM,
    MAY_COMMIT,
    MAY_BLOCK,
    MAY_FALL_BACK,
    MAY_MEASURE,
    MAY_REPEAT,
) = (1 << place for place in range(13))

_GATES: dict[str, int] = {}
for _gate, _set in (
    (MAY_TELL_OUTCOME, OUTCOMES),
    (MAY_CHECK, OWN_CHECKS),
    (MAY_EXIT, EXITS),
    (MAY_RUN, PROGRAMS),
    (MAY_MAKE, ARTIFACTS),
    (MAY_DOCUMENT, DOCUMENTS),
    (MAY_NAME_FILE, EXTENSIONS),
    (MAY_NAME_STEM, STEMS),
    (MAY_COMMIT, COMMITS),
    (MAY_BLOCK, BLOCKERS),
    (MAY_FALL_BACK, FALLBACKS),
    (MAY_MEASURE, UNITS),
    (MAY_REPEAT, RUNS),
):
    for _word in _set:
        _GATES[_word] = _GATES.get(_word, 0) | _gate
_KNOWN = frozenset(_GATES)
