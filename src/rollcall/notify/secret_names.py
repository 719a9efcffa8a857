"""Secrets without a shape of their own, known by what stands before them: a name, an option, a header."""

from __future__ import annotations

import re

from rollcall.notify.secret_rule import NOT_BEFORE, Rule, rule

_I = re.IGNORECASE
_QUOTE = "[\"']?"
# What follows is a value in clear: no variable, no place to fill in, no words of ours.
_VALUE = r"(?![$<{(*%\[]|\\\$)[^\s\"'<>{}()\[\],;|`]"
_DIGIT = r"(?=[^\s\"']{0,64}\d)"
_LETTER = r"(?=[^\s\"']{0,64}[A-Za-z])"
_ODD = r"(?=[^\s\"']{0,64}(?:[A-Z]|[!#$%&*+?@^~]))"  # a capital or a sign
_NO_WORD = (
    r"(?!(?:string|required|optional|password|undefined|invalid|missing|disabled|unchanged"
    r"|incorrect|changeme|redacted|example)\b)"
)

NAMED: tuple[Rule, ...] = (
    rule(
        "credential",
        "authorization",
        r"authorization[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:basic|digest|token|apikey)\s{1,4}"
        r"([^\s\"'\[\]]{8,})",
        group=1,
        flags=re.IGNORECASE,
    ),
    rule("password", "curl", r"\bcurl\b.{0,120}?\s(?:-u|--user)[ =][\"']?[^\s:\"']{1,64}:"
        r"([^\s\"'\[\]]{4,})", group=1),
    rule("token", "://", r"://((?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9_-]{20,})@", group=1),
    rule("azure credential", "sig=", r"[?&]sig=([A-Za-z0-9%+/=_-]{40,})", group=1),
    rule("azure credential", "q~", NOT_BEFORE + r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,}"),
    rule(
        "key material",
        "mii b3blbnnzac1r",
        r"(?<![A-Za-z0-9+/])(?:MII[A-Za-z0-9+/]{2}|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/=]{40,}",
        entropy=4.0,
    ),
    rule(
        "password",
        "pass pwd",
        r"(?:passw(?:or)?d|passphrase|pwd)[\"']?\s?(?:=\s?[\"']?|:\s?[\"'])"
        r"((?=[^\s\"']{0,64}\d)[^\s\"'$<>{}()*%\[\],;|`]{6,})",
        group=1,
        flags=re.IGNORECASE,
    ),
    rule(
        "secret",
        "secret token key credential",
        r"(?i:secret|token|credential|(?:api|access|auth|account|signing|encryption|private|master)"
        r"[_-]?key)[A-Za-z0-9_-]{0,24}[\"']?\s{0,4}[:=]\s{0,4}[\"']?"
        # No file's path, and no name in code: those have no digits, or no capitals.
        r"(?![\w./-]{1,200}\.[a-z]{1,5}(?![\w./-]))"
        r"((?=[^\s\d]{0,64}\d)(?:(?=[^\sA-Z]{0,64}[A-Z])[A-Za-z0-9+/_~.%=-]{20,}|[a-z0-9]{24,}))",
        group=1,
        entropy=3.0,
    ),
    rule(
        "password",
        "pass pwd",
        # A line of settings or of a shell: DB_PASS=…, PGPASSWORD=…
        r"(?<![A-Za-z0-9])(?:[A-Z0-9_]{0,64}PASSW(?:OR)?D|[A-Z0-9_]{0,64}PWD|[A-Z0-9_]{1,64}_PASS)="
        rf"{_QUOTE}((?!/){_LETTER}{_VALUE}{{6,256}})",
        group=1,
    ),
    rule(
        "password",
        "pass pwd pw",
        # A plain word does not count here: "password: required".
        r"(?<![A-Za-z0-9])(?:passwor[dt]|passwd|passphrase|pwd|pw)(?:\s?[:=]|\s(?:is|was|to))\s{1,4}"
        rf"{_DIGIT}{_LETTER}{_ODD}({_VALUE}{{8,256}})",
        group=1,
        flags=_I,
    ),
    rule("password", "pw=", rf"(?<![A-Za-z0-9])pw={_QUOTE}({_DIGIT}{_LETTER}{_VALUE}{{8,256}})", group=1),
    rule(
        "password",
        "pass",
        rf"[\"']pass(?:word|wd|phrase)?[\"']\s{{0,4}}:\s{{0,4}}[\"']({_NO_WORD}{_VALUE}{{8,256}})[\"']",
        group=1,
        flags=_I,
    ),
    rule(
        "secret",
        "secret=",
        rf"(?<![A-Za-z0-9])[A-Z0-9_]{{0,64}}SECRET={_QUOTE}((?![/.]){_VALUE}{{10,256}})",
        group=1,
    ),
    rule(
        "secret",
        "key= salt= pat=",
        r"(?<![A-Za-z0-9])[A-Z0-9_]{0,64}(?:KEY|SALT|PAT)="
        rf"{_QUOTE}(?=[^\s\d]{{0,64}}\d)(?=[^\s\"']{{0,64}}[A-Za-z])((?:[A-Za-z0-9+/_~.%=-]{{24,}}))",
        group=1,
        entropy=3.0,
    ),
    rule("secret", "salt", r"(?<![A-Za-z0-9])salt[\"']?\s{0,4}[:=]\s{0,4}[\"']?((?=[^\s\d]{0,64}\d)[A-Za-z0-9+/_=-]{24,})",
         group=1, flags=_I, entropy=3.0),
    rule(
        "secret",
        "secret_key",
        r"secret_key[\"']?\s{0,4}[:=]\s{0,4}([\"'])([^\s\"'\[\]]{20,256})\1",
        group=2,
        flags=_I,
    ),
    rule(
        "api key",
        "api",
        r"(?<![A-Za-z0-9])api key\s{0,4}[:=]\s{0,4}((?=[^\s\d]{0,64}\d)[A-Za-z0-9_-]{24,})",
        group=1,
        flags=_I,
        entropy=3.0,
    ),
    rule(
        "token",
        "api_key= token= secret=",
        r"(?:API_KEY|TOKEN|SECRET)=[\"']?([a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12})",
        group=1,
    ),
    rule(
        "credential",
        "authorization",
        rf"(?<![A-Za-z0-9])authorization[\"']?\s{{0,4}}[:=]\s{{0,4}}{_QUOTE}({_DIGIT}[A-Za-z0-9._~+/=-]{{24,}})",
        group=1,
        flags=_I,
        entropy=3.0,
    ),
    rule(
        "cookie",
        "cookie",
        r"(?<![A-Za-z0-9])cookie[\"']?:\s{0,4}[\"']?(\w[\w.-]{0,64}=(?=[^\s\d]{0,64}\d)[A-Za-z0-9%+/._~=|:-]{16,})",
        group=1,
        flags=_I,
        entropy=3.0,
    ),
    rule(
        "token",
        "signature= key= code= token= password= secret=",
        r"[?&;](?:x-amz-(?:signature|security-token)|signature|key|code|\w{0,24}(?:token|secret|password))="
        r"((?=[^\s&\d]{0,64}\d)(?:(?=[^\s&A-Z]{0,64}[A-Z])[A-Za-z0-9%+/=_.~-]{16,}|[a-f0-9]{32,}))",
        group=1,
        flags=0,
        entropy=3.0,
    ),
    rule(
        "token",
        "x-amz-",
        r"x-amz-(?:signature|security-token|credential)=([A-Za-z0-9%+/=_.~-]{16,})",
        group=1,
        flags=_I,
    ),
    rule(
        "password",
        "--pass --token --api --secret --auth --client --access",
        r"\s--(?:pass(?:word|wd|phrase)?|(?:\w{1,24}-)?token|api-?key|(?:client-)?secret)[ =]"
        rf"{_QUOTE}(?![\w./-]{{0,200}}\.[a-z]{{1,5}}(?![\w./-])){_DIGIT}{_LETTER}({_VALUE}{{10,512}})",
        group=1,
    ),
    rule("password", "sshpass", rf"(?<![A-Za-z0-9])sshpass\s+-p\s?{_QUOTE}({_VALUE}{{4,256}})", group=1),
    rule(
        "password",
        "mysql mariadb",
        rf"(?<![A-Za-z0-9])(?:mysql|mariadb)\w{{0,12}}\s.{{0,80}}?-p{_QUOTE}((?!-|assw){_VALUE}{{6,256}})",
        group=1,
    ),
    rule("password", "redis-cli", rf"(?<![A-Za-z0-9])redis-cli\s.{{0,80}}?-a\s{_QUOTE}({_VALUE}{{6,256}})", group=1),
    rule(
        "password",
        "login",
        rf"(?<![A-Za-z0-9])(?:docker|podman|helm registry|az|npm) login\s.{{0,120}}?-p\s?{_QUOTE}({_VALUE}{{6,512}})",
        group=1,
    ),
    rule("password", "login", rf"(?<![A-Za-z0-9])login\s+[^\s\[\]]{{1,64}}\s+password\s+({_VALUE}{{4,256}})", group=1),
    rule("password hash", "$", r"\$(?:2[abxy]?|5|6|y|gy|argon2\w{0,2}|scrypt)\$[A-Za-z0-9./$=,+_-]{30,256}"),
    rule("credential", "auth", r"(?<![A-Za-z0-9])_auth\s?=\s?([A-Za-z0-9+/=]{16,})", group=1),
    rule("credential", "auth", r"\"auth\"\s{0,4}:\s{0,4}\"([A-Za-z0-9+/=]{20,})\"", group=1),
)  # fmt: skip
