"""Tokens that are known by how they begin, of services that detect-secrets does not know.

The beginnings are those that the services publish, most of them for GitHub's secret scanning
(https://docs.github.com/en/code-security/reference/secret-security/supported-secret-scanning-patterns).
"""

from __future__ import annotations

import re

from rollcall.notify.secret_rule import NOT_BEFORE, Rule, rule

_MIXED = r"(?=[A-Za-z_.+/=-]{0,48}\d)"  # words joined by signs have no digit
_HEX, _WORD, _DASHED, _BASE64 = "[a-f0-9]", "[A-Za-z0-9]", "[A-Za-z0-9_-]", "[A-Za-z0-9+/=]"
_UUID = r"[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"

# What it is, the hint, how it begins, of which signs it goes on, and of how many at least.
_TABLE = (
    ("aws credential", "iqojb3jpz2lu", "IQoJb3JpZ2lu", _BASE64, 100),
    ("aws credential", "absk", "ABSK", _BASE64, 60),
    ("api key", "sk-none-", "sk-None-", _DASHED, 20),
    ("api key", "sess-", "sess-", _WORD, 36),
    ("api key", "csk-", "csk-", _WORD, 40),
    ("api key", "fw_", "fw_", _WORD, 20),
    ("api key", "sk_", "sk_", _HEX, 40),
    ("api key", "lsv2_", "lsv2_(?:pt|sk)_", "[a-f0-9_]", 32),
    ("api key", "pcsk_", "pcsk_", _DASHED, 40),
    ("api key", "tvly-", "tvly-(?:dev-|prod-)?", _WORD, 20),
    ("api key", "fc-", "fc-", _HEX, 32),
    ("api key", "jina_", "jina_", _DASHED, 40),
    ("api key", "nvapi-", "nvapi-", _DASHED, 40),
    ("api key", "e2b_", "e2b_", _HEX, 40),
    ("google secret", "1//0", "1//0[a-z]", _DASHED, 40),
    ("crates.io token", "cio", "cio", _WORD, 32),
    ("nuget key", "oy2", "oy2", "[a-z0-9]", 43),
    ("artifactory key", "akcp", "AKCp", _WORD, 60),
    ("artifactory key", "cmvmdgtuo", "cmVmdGtuO", _WORD, 50),
    ("doppler token", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?", _WORD, 40),
    ("1password token", "ops_eyj", "ops_eyJ", _DASHED, 100),
    ("netlify token", "nfp_", "nfp_", _DASHED, 32),
    ("fly token", "fm", "fm[12][ar]?_", _BASE64, 60),
    ("render key", "rnd_", "rnd_", _WORD, 28),
    ("heroku key", "hrku-", "HRKU-", _DASHED, 32),
    ("posthog key", "ph", "ph[xc]_", _WORD, 40),
    ("airtable token", "pat", r"pat[A-Za-z0-9]{14}\.", _HEX, 64),
    ("dropbox token", "sl.", r"sl\.", _DASHED, 100),
    ("square secret", "eaaa", "EAAA", _DASHED, 56),
    ("square secret", "sq0", "sq0[a-z]{3}-", _DASHED, 22),
    ("paypal token", "access_token$", r"access_token\$(?:production|sandbox)\$[a-z0-9]{8,}\$", _HEX, 32),
    ("plaid token", "access-", f"access-(?:production|development|sandbox)-{_UUID}", _WORD, 0),
    ("shippo key", "shippo_", "shippo_(?:live|test)_", _HEX, 40),
    ("easypost key", "ez", "EZ[AT]K", _WORD, 54),
    ("circleci token", "cciprj_ ccipat_", "CCIP(?:RJ|AT)_[A-Za-z0-9]{16,}_", _HEX, 40),
    ("buildkite token", "bkua_", "bkua_", _HEX, 40),
    ("planetscale secret", "pscale_", "pscale_(?:tkn|pw|oauth)_", "[A-Za-z0-9_.-]", 32),
    ("neon password", "npg_", "npg_", _WORD, 12),
    ("supabase key", "sb_secret_", "sb_secret_", _DASHED, 28),
    ("contentful token", "cfpat-", "CFPAT-", _DASHED, 40),
    ("facebook token", "eaac", "EAAC", _WORD, 80),
    ("twitter token", "aaaaaaaaaaaaaaaaaaaa", "A{20}", "[A-Za-z0-9%]", 50),
    ("hubspot token", "pat-", f"pat-[a-z]{{2}}\\d-{_UUID}", _WORD, 0),
    ("brevo key", "xkeysib-", "xkeysib-", _DASHED, 64),
    ("resend key", "re_", "re_[A-Za-z0-9]{8}_", _WORD, 22),
    ("bitbucket token", "atbb", "ATBB", _DASHED, 32),
    ("atlassian token", "atctt3", "ATCTT3", "[A-Za-z0-9_=-]", 60),
    ("discord token", "mfa.", r"mfa\.", _DASHED, 80),
    ("notion token", "secret_", "secret_", _WORD, 43),
    ("typeform token", "tfp_", "tfp_", _DASHED, 40),
    ("duffel token", "duffel_", "duffel_(?:live|test)_", _DASHED, 40),
    ("prefect key", "pn", "pn[ub]_", _WORD, 36),
    ("cloudflare key", "v1.0-", r"v1\.0-[a-f0-9]{24}-", _HEX, 100),
    ("sonar token", "sq", "sq[apu]_", _HEX, 40),
    ("twilio key", "sk", "SK", _HEX, 32),
)  # fmt: skip

PREFIXES: tuple[Rule, ...] = (
    *(
        rule(name, hints, f"{NOT_BEFORE}{begin}{_MIXED if least else ''}{signs}{{{least},}}")
        for name, hints, begin, signs, least in _TABLE
    ),
    rule("terraform token", ".atlasv1.", r"\w{14}\.atlasv1\.[A-Za-z0-9_-]{60,}"),
    rule("google key", ":apa91b", r"[A-Za-z0-9_-]{11,40}:APA91b[A-Za-z0-9_-]{100,}"),
    rule("deepl key", ":fx", NOT_BEFORE + r"(?:[a-f0-9]{36}|" + _UUID + r"):fx(?![A-Za-z0-9])"),
    rule("sentry key", "@o", r"://([a-f0-9]{32})@o\d{1,20}\.ingest\.", group=1),
    rule(
        "private key",
        "ssh2 encrypted",
        r"-{0,4} ?BEGIN SSH2 ENCRYPTED PRIVATE KEY -{4}.*?(?:-{4} END SSH2[^-]{0,60}-{4}|\Z)",
        flags=re.DOTALL,
    ),
)
