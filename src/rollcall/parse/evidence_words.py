"""The classes of words that evidence is told in, and those that void it."""

from __future__ import annotations

import re

_I = re.IGNORECASE
_DIGIT = re.compile(r"\d")


def has_digit(text: str) -> bool:
    """Tell whether the text holds a digit: cheap, and most evidence does."""
    return _DIGIT.search(text) is not None


# --- what voids a claim -------------------------------------------------------------------------

# Words after which an outcome is hoped for, asked for, or someone else's. They stand in
# evidence_gates.PLANS too, those below in PURPOSES, CITATIONS and ORDERS.
NOT_YET = re.compile(
    r"\b(?:will\b|plan(?:s|ning|ned)? (?:to|on)\b|planning\b|going to\b|(?:sh|w|c)ouldn?\b"
    r"|need(?:s|ed|ing)?\b|next:|todos?\b|tbd\b|once\b|if\b|propos(?:e[sd]?|als?|ing)\b"
    r"|(?<!pull )(?<!merge )request(?:s|ed|ing)?\b|recommend(?:s|ed|ing|ations?)?\b"
    r"|expect(?:s|ed|ing)?\b|ready (?:to|for)\b|pending\b"
    r"|await(?:s|ing)?\b|waiting\b|queued\b|how to\b|previous(?:ly)?\b|earlier\b"
    r"|standing by\b|stand-?by\b|intend(?:s|ed|ing)?\b|aim(?:s|ing)? to\b|prepar(?:e|ing)\b"
    r"|want(?:s|ed|ing)?\b|target(?:s|ing)?\b|requires?\b|must\b|let'?s\b|please\b"
    r"|not attempted\b|not (?:yet )?run\b|until\b|unchanged\b)",
    _I,
)
MEANT = re.compile(r"\b(?:will|should|would|could|going to)\b", _I)
PURPOSE = re.compile(
    r"\bto (?:re-?)?(?:confirm|ensure|verify|validate|double-check|check|see|prove|keep"
    r"|make)\b",
    _I,
)
SECOND_HAND = re.compile(
    r"\b(?:posted|flagged|surfaced|reported|reports|claims?|noted|says|said|according to"
    r"|shipped by|indicat(?:es|ing)|notif(?:y|ied)|caught|highlight(?:s|ing)|mentions?)\b"
    r"|\b(?:agent|team|owner|lead|manager|peer)['\u2019]s\b|\bper (?:`|the |their )"
    r"|\bmanager (?:updates?|intel|notes?)\b|\b(?:wrote|writes):",
    _I,
)
IMPERATIVE = re.compile(
    r"(?:[*_`(\d).]{0,4}[ ]?)?(?:run|re-?run|add|update|fix|maintain|keep|provide|approve"
    r"|confirm|ensure|execute|validate|verify|document|draft(?! (?:PR|MR|pull|merge))|define|implement|migrate"
    r"|investigate|address"
    r"|capture|collect|monitor|surface|finali[sz]e|enforce|schedule|wire|switch|upload|attach"
    r"|rely|use|review|resolve|replace|write|create|(?:build|test|check)(?= (?:the|an?|if|that"
    r"|whether|all|each|every|any|with|for|against|on|in|`))|deploy|prioriti[sz]e|optional"
    r"|consider)\b(?![:=(-]| ?\|| (?:tests?|suites?|specs?|checks?|builds?)[^:]{0,20}: )",
    _I,
)
COORDINATION = re.compile(
    r"(?:^|[/`])(?:inbox|outbox|comms|feedback|messages?|chat)/|notes\.md|blockers?-log"
    r"|poll\w*\.log|signal\.md|instructions\.md",
    _I,
)

# --- tests --------------------------------------------------------------------------------------

TEST_NOUN = re.compile(
    r"\b(?:tests?|testcases?|suites?|specs?|vitest|jest|pytest|unittest|mocha|playwright|cypress"
    r"|rspec|ctest|junit|lint(?:er|ing)?|eslint|ruff|flake8|mypy|pyright|tsc|prettier"
    r"|type-?check(?:s|ing)?|type checks?|clippy|goldens?|e2e|harness|gitleaks|assertions?"
    r"|regressions|validate_\w+(?!\.)\b|validation errors?|validate errors?)\b",
    _I,
)
TEST_WEAK = re.compile(
    r"(?<![\w-])(?:builds?|built|compiles?|checks?|scans?|CI|smoke|sweep|policy|coverage|cargo"
    r"|bench(?:mark)?s?)\b",
    _I,
)
# The words that it begins with stand in evidence_gates.OUTCOME_BEGINS too.
OUTCOME = re.compile(
    r"\bpass(?:ed|es|ing)?\b(?! (?:through|the|a|to|it|in|on|key|null|undefined))|\bfail(?:ed|s"
    r"|ing|ures)?\b|\bgreen\b|\bclean\b|\b(?:is|still|now|went) red\b|\bsucce(?:eded|ssful"
    r"|ssfully|ss)\b"
    r"|\b(?:no|zero|0|\d+) (?:\w+ )?(?:issues|errors?|failures?|warnings?|regressions|problems"
    r"|violations)\b|\bnon-zero\b|\b\d+/\d+\b|✅|✔|❌"
    r"|\bexit(?:ed|s)?(?: with)?(?: code| status)?[ ]?[=:]?[ ]?\d|\bOK\b|\b(?:failures|errors|failed"
    r"|passed)[ ]?[=:][ ]?\d",
    _I,
)
OUTCOME_STRONG = re.compile(
    r"\bPASS(?:ED|ES|ING)?\b|\bFAIL(?:ED|S|ING|URES?)?\b|\b\d+ (?:tests? )?(?:passed|failed"
    r"|passing|failing)\b|\bexit(?:ed|s)?(?: with)?(?: code| status)?[ ]?[=:]?[ ]?\d|\b\d+ (?:errors?"
    r"|regressions|warnings?)\b"
    r"|\bpass(?:ed|es)\b|\bsuccessfully\b|\bsucceeded\b|\bclean\b|\bOK\b",
)
TEST_ITSELF = re.compile(
    r"\b\d+ (?:tests? )?(?:pass(?:ed|ing)?|fail(?:ed|ing|ures)?)(?:\b|$)|"
    r"\b\d+/\d+ (?:tests? )?(?:pass(?:e[sd]|ing)?|green|ok)\b|\b\d+ (?:tests? )?pass(?:ed|ing)\b"
    r"|\ball (?:\d+ )?[\w ]{0,30}\b(?:tests|suites|goldens|checks|specs)? ?(?:pass(?:ed|ing)?"
    r"|green)\b"
    r"|\b0 regressions\b|\b\d+ (?:errors?|warnings?), \d+ (?:errors?|warnings?)|\b(?:tests"
    r"|failures|errors)=\d+, ?(?:failures|errors|passed)=\d+",
    _I,
)
RATIO = re.compile(r"\d/\d")
FIGURE_MS = re.compile(r"\b\d+(?:\.\d+)? ?ms\b")
NO_RESULT = re.compile(
    r"\bavailable\)|\bready\b|\bprepared\b|\bskeleton\b|\b(?:for|on) (?:them|their)\b"
    r"|\bscaffold\b",
    _I,
)

# --- commands -----------------------------------------------------------------------------------

PROGRAM = (
    r"(?:npx|npm|pnpm|yarn|bun|node|deno|python3?|pytest|uv|poetry|pip3?|cargo|go|make|cmake"
    r"|ctest|curl|wget|git|gh|docker(?:-compose)?|kubectl|helm|terraform|psql|sqlite3|mysql"
    r"|redis-cli|supabase|shopify|vercel|flyctl|fly|bash|sh|zsh|pwsh|powershell|rg|grep|jq|tsc"
    r"|ruff|mypy|pyright|eslint|vitest|jest|playwright|dotnet|mvn|gradle|bundle|rake|rspec|php"
    r"|composer|swift|xcodebuild|flutter|dart|ls|cat|head|tail|find|ping|dig|nc|ss|ps|systemctl"
    r"|journalctl|aws|gcloud|az|openssl|ssh|rsync|time|env|ffmpeg|alembic|prisma|just|tox|nox)"
)
TICKED = re.compile(
    rf"`(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\./|\.venv/\S*/|sudo )?(?:{PROGRAM}(?: [^`\n]+)?"
    r"|(?:\./|(?:[\w.~-]+/)*(?:scripts?|bin|tools)/)[\w./-]+(?: [^`\n]*)?"
    r"|[\w./~-]+\.(?:sh|ps1|exe)(?: [^`\n]*)?"
    r"|[\w./~-]+\.(?:py|mjs|js|rb|bin) [^`\n]+|\\[a-z]+ [^`\n]+)`"
    r"|`[a-z][\w.-]{1,24}(?: [\w./:=@-]{1,60}){1,6}`(?= ?(?:→|->|=>) ?[^`\s]"
    r"|[,;]? (?:and |which |it ){0,2}(?:print(?:s|ed)|exit(?:s|ed)|returned|crashed|failed|passed"
    r"|threw|ended|finished|errored|aborted)\b)"
)
BARE_COMMAND = re.compile(
    r"\b(?:npx\b|npm (?:run|test|ci|install|--)|pnpm\b|yarn\b|vitest(?: run)?(?= (?:-|\S*/))"
    r"|pytest [\w./-]|python3? [\w./-]+(?:\.py|-m| -c)|uv run|cargo (?:test|check"
    r"|build|clippy|run)|go (?:test|build|vet|run)"
    r"|make [a-z-]+\b(?= (?:→|->|=>|passed|ok|exit|failed))|curl(?= (?:-|/|http|HEAD|`|localhost|[\w.-]{1,60}:\d))|wget "
    r"|docker(?:-| )compose|docker (?:build|run|exec|ps)|kubectl\b|terraform\b|psql\b|git (?:status"
    r"|push|diff|log|rev-parse|apply)|gh (?:pr|run)"
    r"|tsc\b|rg \"|shopify app|scripts?/[\w./-]+\.(?:sh|py|js|mjs|ts)|\./[\w./-]+|[\w./-]+\.sh\b"
    r"|[a-z][\w.-]+ --[\w-]+(?= (?:=>|→|->))|node [\w./-]+\.[mc]?js)",
)
# What a command came to, told in words: with the pattern below.
_TOLD = (
    r"\bexit(?:ed|s)?(?: with)?(?: code| status)?(?: was| is| of)? (?:\d|(?:non-?)?zero\b)"
    r"|\bwith (?:an? )?(?:exit |return |error )?(?:code|status) (?:of )?(?:\d|(?:non-?)?zero\b)"
    r"|\brc ?[=:]? ?\d{1,3}\b|\bwithout (?:an? |any )?(?:errors?|warnings?|failures?|problems?)\b"
    r"|\b(?:ran|runs|went|goes) (?:(?:fine|well|smoothly|cleanly)\b|through(?=[.,;)]|$| without))"
    r"|\b(?:finish|complet|end)(?:es|ed|s) (?:cleanly|normally|fine|in an? (?:error|failure))\b"
    r"|\b(?:crash(?:es|ed)|aborts|aborted|segfault(?:s|ed)|errored|hangs|hung)\b"
    r"|\b(?:print(?:s|ed)|shows?|showed|lists|listed|outputs)"
    r" (?:\d|[\"'`\u201c]|nothing\b|zero\b|one\b|two\b|three\b)"
    r"|\b(?:throws|threw|raises|raised) (?:an? )?[`\"]?\w*(?:Error|Exception)\b"
)
# The words that it begins with stand in evidence_gates.COMMAND_OUTCOME_BEGINS too.
COMMAND_OUTCOME = re.compile(
    r"\bHTTP(?:/[\d.]+)? ?\d{3}\b|\bexit(?:ed|s)?(?: with)?(?: code| status)?[ ]?[=:]?[ ]?\d|(?:→|➜|=>"
    r"|->)(?! ?(?:expect|should|next|will|want))|\breturn(?:s|ed|ing)\b|\bPASS(?:ED)?\b"
    r"|\bpass(?:ed|es)\b|\bpass(?=[.,;)]|$)|\bFAIL(?:ED|S)?\b|\bfail(?:ed|s)?\b|\bOK\b|✅|✔|❌|\bclean\b"
    r"|\bsucce(?:eded|ss|ssful|ssfully)\b|\bconfirmed success\b|\bno (?:matches|issues|errors)\b"
    r"|\b(?:gives?|gave|got|answers?|answered) (?:HTTP )?[1-5]\d\d\b|\bzero errors\b|\b0 errors\b|\b\d+ (?:rows|cases|records|files|tests|matches|results"
    r"|passed|failed)\b|\blength[= ]\d+"
    r"|\bproduced\b|\bhealthy\b|\btimed? ?out\b|\brefused\b|\bdenied\b|\binvalid(?:_\w*)?\b"
    r"|\breceived\b|\bsaved\b|\bcreat(?:ing|ed)\b|\bmissing\b|\brestoring\b|\bconfirms?\b"
    r"|\bexist\b|\bgreen\b|\ball 200\b|\bnow \d{3}\b|: \d{3}\b|\(\d{3}\b|" + _TOLD
)
ENDPOINT = re.compile(
    r"(?:^|[\s`(])(?:/[a-z][\w./{}:*-]*)`?(?:[ ]\([A-Za-z ]{1,24}\))?[ ]?(?:(?:and|\+"
    r"|,) `?/[\w./-]+`?[ ]?)?(?:→|->|=>|=|:|returned|returns|returning|now|still|back to|timeout"
    r"|retry|remains?|stayed|HTTP|with|is|at|[ ]){0,4}[ ]?\(?(?:HTTP(?:/[\d.]+)? )?(?<![\w/.-])(?:000"
    r"|[1-5]\d\d|[2-5]xx)\b",
)
STATUS_LINE = re.compile(r"[\w/ .-]{1,32}:? ?(?:→ ?)?(?:HTTP )?[1-5]\d\d$")
OWN_CHECK = re.compile(
    r"\b(?:confirmed|verified|re-?validated|validated|re-?checked|checked|manual(?:ly)?|curl|ran"
    r"|probed)\b.{0,160}\b(?:returning|remain|still|now|return(?:s|ed)) (?:HTTP )?[1-5]\d\d\b",
    _I,
)
JSON_BODY = re.compile(r"\{\"\w+\" ?: ?[\[\"{\dtfn]")
EXIT_CODE = re.compile(
    r"\bexit(?:ed|s)?(?: with)?(?: code| status)?(?:[ ]?[=:]?[ ]?-?\d"
    r"|(?: was| is| of)? (?:-?\d|(?:non-?)?zero\b))",
    _I,
)
HOW_TO = re.compile(r"how to run|can run|quick-?start|usage|to run:|(?<![./])example", _I)
POLL = re.compile(
    r"(?:^|`)(?:ls|cat|head|tail|sed|less)\b.*(?:direction|inbox|notes|signal|instructions"
    r"|feedback)|\bpoll",
    _I,
)
PROSE_RUN = re.compile(
    r"\b\d[\d,.]*[KMB]? ?(?:[\w-]+ )?(?:\u00d7|x) ?\d[\d,.]*[KMB]?\b"
    r"|\b\d+[KMB]? (?:[\w-]+ ){0,2}(?:seeds?"
    r"|runs?|trials?|samples|iterations|epochs|requests|episodes|rollouts)\b"
    r"|\b(?:sequential|parallel)\b|\b(?:tool|script|compute|runtime): ",
    _I,
)
PROSE_FIGURE = re.compile(
    r"~?\b\d+(?:\.\d+)? ?(?:s|ms|sec|min) (?:wall|each|per|median|mean|total|elapsed|on average)\b|"
    r"\b(?:median|mean|avg|average|wall|took|elapsed|p\d\d|throughput|range|in"
    r"|compute)\b[^\n]{0,24}?\d+(?:\.\d+)?\*{0,2} ?(?:s|ms|sec|seconds|min|minutes)\b"
    r"|\b\d+\.\d+s\b",
    _I,
)

# --- changes ------------------------------------------------------------------------------------

# The words that it begins with stand in evidence_gates.CHANGES too.
CHANGED = re.compile(
    r"\b(?:added|updated|removed|created|modified|implemented|fixed|refactored|authored"
    r"|documented|renamed|replaced|moved|wrote|rewrote|extended|strengthened|hardened|tuned"
    r"|swapped|converted"
    r"|rewired|wired|expanded|refreshed|cleaned|deleted|introduced|amended|patched|edited"
    r"|adjusted|dropped|capped|built|drafted|restored|restoring|trimmed|split|merged|bumped"
    r"|pinned|enabled|disabled"
    r"|integrated|migrated|switched|scaffolded|scripted|guarded|tweaked|corrected|reworked"
    r"|exported(?! (?:to|at|as|into|under)\b)|registered|set|changed|enhanced|imported|excluded|committed|ported|vendored"
    r"|landed|shipped|stubbed|mocked|revised|new files?|captured (?:under|in))\b",
    _I,
)
NOT_CHANGED = re.compile(
    r"(?:[*_`]{0,2})(?:review|re-?read|read(?!me)|inspect|check|verif|validat|confirm|ran\b|re-?ran"
    r"|propos|plan|request|observ|found|note|listed|locat|logged|posted|recorded|appended"
    r"|collected|polled|manager|processed|acknowledg|notified|pinged|tested|parsed|see\b|catalog"
    r")",
    _I,
)
EXTENSIONS = (
    r"(?:tsx?|jsx?|mjs|cjs|py|pyi|rs|go|java|kt|swift|rb|php|cs|cpp|cc|hpp|c|h|m|scala|sh|bash"
    r"|zsh|ps1|sql|prisma|graphql|proto|css|scss|html?|vue|svelte|md|mdx|rst|txt|ya?ml|toml|json"
    r"|jsonl"
    r"|lock|ini|cfg|conf|env|tf|ipynb|xml|csv|tsv|cnf|dockerfile|gradle|cmake|example|local"
    r"|consolidated|development|production|tex|bib|lua|zig|nix|r|dart|exs?|erl|hs|jl|gd|sol|sass|less"
    r"|svg|adoc|properties|kts|hcl|csproj|pl|pm)"
)
FILE = re.compile(
    rf"(?:(?<![\w@/.:-])"
    rf"|(?<=[`(\"']))(?!https?:)(?:[\w@.~<>*{{}}$-]+/)*(?:[\w@$*-][\w@.$*-]*\.{EXTENSIONS}"
    rf"|\.[a-z][\w-]*\.(?:example|local|development|json|ya?ml)[\w.]*|\.env(?:\.[\w.]+)?|README"
    rf"|Dockerfile|Makefile|CMakeLists\.txt)(?![\w/-]|\.\w)"
    rf"|(?<![\w./-])/(?:home|Users|root|tmp|var|opt|mnt|srv|workspaces?|repo|private|etc|usr"
    rf"|data)/(?:[\w@.-]+/)*[\w@.-]+\.{EXTENSIONS}(?![\w/-])"
    rf"|(?<![\w/.-])[a-z_][\w.-]*(?:/[\w.-]+)+(?=: (?:added|removed|updated|fixed|replaced|moved"
    rf"|renamed|trimmed|\w+ed)\b)"
)
# What each match of it holds: one of these three.
FILE_END = re.compile(rf"\.(?:{EXTENSIONS}(?!\w)|env|example|local|development|json|ya?ml)")
FILE_NAME = re.compile("README|Dockerfile|Makefile|CMakeLists")
PATH_END = re.compile(r"/[^\s:/]*: ")
# A file of any extension whatever, where ticks and a folder make it sure to be one.
TICKED_FILE = re.compile(r"`(?:[\w@.-]{1,80}/){1,12}[\w@.-]{0,80}\w\.[A-Za-z][A-Za-z0-9]{0,15}`")
FILE_NOUN = (
    r"(?:tests?|suites?|specs?|loader|route|module|components?|imports?|file|script"
    r"|docs?|page|helper|config|vitest|stylesheet|manifest)"
)
STEM = re.compile(
    rf"(?<![\w/.$`'\"-])(?:[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]+)+"
    rf"|[a-z][a-z0-9]+(?:-[a-z0-9]+)+) {FILE_NOUN}(?: {FILE_NOUN})?\b"
    rf"|(?<![\w/.-])[a-z][\w.-]*(?:/[a-z_][\w.-]*)+ (?:docs?|folder|directory|dir)\b|\bREADME\b"
    rf"|\bdocker-compose\b"
)
# What each match of it holds.
STEM_END = re.compile(rf"[-./]\w* (?:{FILE_NOUN}|folder|directory|dir)\b|README|docker-compose")
STEM_LIST = re.compile(
    r"\b(?:docs?|files?|guides?|pages?)\b[^()]{0,60}\((?:[a-z0-9]+(?:[-_.][a-z0-9]+)+(?:, )?){2,}"
)
SUBJECT_CHANGED = re.compile(
    r"^[*`'\"(]{0,3}[ ]?(?:now\b|updated\b|asserts\b|documents\b|covers\b|lists\b|was\b"
    r"|amended\b|added\b|removed\b|rewritten\b|fixed\b|un-?mocks\b|moved\b|\((?:new|modified"
    r"|updated|added|deleted|\d[\d,]* lines)|(?:--|—|\u2013|:|-)[ ]?(?:[*_`(]{0,2})(?:new file"
    r"|new\b|added|updated|removed|fixed|moved|created|trimmed|modified|deleted"
    r"|integrated|\w+ed\b)|-> |:? ?\(?\+\d+[ ,/]{0,2}-\d+\b|: [^→>`.;]{1,30} ?(?:→|->) ?(?!pass|fail|ok\b|exit|clean)[\w\"'`]"
    r"|: [^.;:`]{1,24} (?:is|are) now\b|: [^.;:`]{1,60} (?:instead of|rather than|no longer)\b)",
    _I,
)
PATCHED = re.compile(r"(?:\+\+\+|diff --git) a?b?/")
NEW_FILE = re.compile(r"\((?:new|modified|updated|added|deleted|created|all|\d[\d,]* lines)\b", _I)

# --- artifacts, commits, links ------------------------------------------------------------------

ARTIFACT_PATH = re.compile(
    r"(?<![\w./~-])/?(?:[\w.~-]+/)*(?:artifacts?|test-results|reports?|tmp|coverage|logs?|out"
    r"|outputs?|snapshots?|screenshots?|backups?|results?|playwright-report|dist"
    r"|captures?|evidence|benchmarks?)/[\w@.*<>:+-]+(?:/[\w@.*:+-]+)*/?"
    r"|(?<![\w./~-])(?P<file>)/?(?:[\w.~-]+/)*[\w.-]+\.(?:sarif|png|jpe?g|webm|mp4|har|log|out|pdf|junit\.xml"
    r"|tsv|jsonl|csv|prom|zip|tar\.gz|parquet|trace)(?![\w/])"
)
# A file that is named by its extension alone, and was there before.
HANDLED = re.compile(
    r"\W*(?:(?:re-?)?(?:view|read|check|inspect)\w*|look\w* at|changed|edited|modified|removed"
    r"|deleted|renamed|moved|replaced|fixed)\b",
    _I,
)
PRODUCED = re.compile(
    r"\b(?:saved|stored|captured|capturing|wrote|writes|written|produced|generated|see"
    r"|snapshots?|uploaded|recorded|output|report|artifacts?|exported|at|in|→|memo|note|shipped"
    r"|committed|published|to|confirmed|creating|exercised|matches)\b|->|→|:",
    _I,
)
KEPT_AT = re.compile(
    r"\b(?:saved|stored|written|archived|committed|dumped|exported|uploaded|captured|generated"
    r"|produced)(?: [\w-]+){0,4} (?:at|to|under|in|into) [*_`]{0,3}(?:[\w.~-]+/)+[\w.-]*",
    _I,
)
MADE_DOC = re.compile(
    r"\b(?:memo|note|report|outline|doc(?:ument)?|abstract|spec|write-?up|deck|summary|plan"
    r"|shipped|published)\b[^.;]{0,80}?(?: at|:|→|->)[ \n]{0,2}[*_`]{0,3}(?=[\w./~-]+\.(?:md|pdf"
    r"|html|txt|rst|tex|ipynb|jsonl?|csv)\b)",
    _I,
)
NOT_THERE = re.compile(
    r"\bno\b|\bnot\b|\bmissing\b|\bwithout\b|\byet\b|\bstill shows\b|\bclaims?\b|→ (?:name"
    r"|path):|\bupload\b(?!ed)",
    _I,
)
COMMIT = re.compile(
    r"\b(?:commits?|committed|head is now|reverted|sha|rev(?:ision)?|merged|pushed"
    r"|cherry-pick(?:ed)?)\b[^.;\n]{0,24}?[`( :#=@]((?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40})\b"
    # One in thirty short hashes is all digits; right after the word it can be nothing else.
    r"|\bcommit[`(:#=@ ]{1,3}((?!20\d{6}\b)[0-9a-f]{7,40})\b"
    r"|\(((?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,12})\)$"
    r"|^[*`]{0,3}((?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40})[*`]{0,3}: [a-z]",
    _I,
)
HASH = re.compile(r"(?=[0-9a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}")
OFFERED = re.compile(
    r"^\W*https?://\S+[\s.)]*$|\brecorded (?:in|at|under)\b|\b(?:tunnel|deploy(?:ed|ment|s)?|preview|published|opened|live (?:at|on)|captured"
    r"|available at|PR|MR|CI|pull|merge request|pipeline|workflow run|build|release|demo|staging|production"
    r"|reports?|recording|design|ticket|issue|link|url|evidence)\b"
    r"|https?://(?:github|gitlab|bitbucket)\.[\w./-]+/(?:pull|pulls|commit|actions"
    r"|merge_requests|issues|compare|releases|-)/",
    _I,
)
URL = re.compile(r"(?<![=\w`(])https?://[^\s)>\]`]+|\]\(https?://[^\s)]+\)|`https?://[^\s`]+`")
PULL = re.compile(
    r"\b(?:PR|MR|pull request|merge request) ?#?\d+\b|(?<!\w)#\d+ (?:merged"
    r"|opened)\b|\b(?:merged|opened) #\d+\b",
    _I,
)
PULL_ASKED = re.compile(
    r"\b(?:approve|review|unblock|merge|needs?|awaiting|pending)\b[^.;]{0,30}(?:PR|MR"
    r"|pull request)",
    _I,
)
LOCAL_URL = re.compile(r"https?://(?:localhost|127\.|0\.0\.0\.0|example\.)")
