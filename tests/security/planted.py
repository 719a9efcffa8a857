"""Secrets to plant: made up while the tests run, from parts, so that no scanner finds one in here.

``PLANTED`` are at least 60 secrets of at least 25 kinds. ``clear`` is what must be seen nowhere.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass

LETTERS = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
SEED = 20260207


@dataclass(frozen=True, slots=True)
class Planted:
    """One secret: its kind, the text that an agent writes, and the parts that nobody may see."""

    kind: str
    text: str
    clear: tuple[str, ...]

    @property
    def is_one_line(self) -> bool:
        """Tell whether it fits into a title or a cell."""
        return "\n" not in self.text

    @property
    def is_token(self) -> bool:
        """Tell whether it could stand in the name of a file."""
        return self.is_one_line and not set(self.text) & set(" /\\:?*|<>\"'&;")


class _Maker:
    def __init__(self) -> None:
        self._random = random.Random(SEED)

    def some(self, length: int, alphabet: str = LETTERS) -> str:
        """Return random signs that begin and end with a letter and hold a digit."""
        inner = "".join(self._random.choices(alphabet, k=length - 3))
        return f"{'a' if alphabet == HEX else 'Q'}{inner}7{'b' if alphabet == HEX else 'Z'}"

    def bytes(self, length: int) -> bytes:
        return self._random.randbytes(length)

    def base64(self, length: int) -> str:
        return base64.b64encode(self.bytes(length)).decode()

    def base64url(self, value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _tokens(make: _Maker) -> Iterator[tuple[str, str]]:
    some = make.some
    digits = string.digits
    for kind in ("b", "p", "a", "s", "r"):
        yield "slack token", f"xo{''}x{kind}-{some(12, digits)}-{some(13, digits)}-{some(24)}"
    yield "slack token", "xo" + f"xe.xo{''}xp-1-" + some(80)
    yield "slack session", "xo" + "xd-" + some(60) + "%2F" + some(20)
    yield "slack app token", "xa" + f"pp-1-A0{some(9, UPPER)}-{some(13, digits)}-{some(64, HEX)}"
    for letter in "posur":
        yield "github token", "gh" + f"{letter}_" + some(36)
    yield "github fine-grained token", "github" + f"_pat_{some(22)}_{some(59)}"
    yield "aws key id", "AK" + "IA" + some(16, UPPER)
    yield "aws key id", "AS" + "IA" + some(16, UPPER)
    yield "openai key", "s" + "k-" + some(48)
    yield "openai key", "s" + "k-proj-" + some(64) + "_" + some(20) + "-" + some(20)
    yield "anthropic key", "s" + "k-ant-api03-" + some(90) + "-" + some(8) + "AA"
    yield "anthropic key", "s" + "k-ant-oat01-" + some(90)
    yield "openrouter key", "s" + "k-or-v1-" + some(64, HEX)
    yield "groq key", "gs" + "k_" + some(52)
    yield "hugging face token", "hf" + "_" + some(34)
    head = make.base64url({"alg": "HS256", "typ": "JWT"})
    yield "json web token", f"{head}.{make.base64url({'sub': 'mara', 'n': 7})}.{some(43)}"
    yield "json web token", f"{head}.{make.base64url({'sub': 'ben'})}.{some(20)}-{some(20)}_7"
    for kind in ("at", "ca", "pa", "ss"):
        yield "shopify token", "shp" + f"{kind}_" + some(32, HEX)
    yield "stripe key", "s" + "k_live_" + some(24)
    yield "stripe key", "s" + "k_test_" + some(99)
    yield "stripe restricted key", "r" + "k_live_" + some(24)
    yield "stripe webhook secret", "wh" + "sec_" + some(32)
    yield "google api key", "AI" + "za" + some(35)
    yield "google oauth token", "ya" + "29." + some(60) + "-" + some(40)
    yield "google client secret", "GOC" + "SPX-" + some(28)
    yield "npm token", "np" + "m_" + some(36)
    yield "pypi token", "py" + "pi-AgEIcHlwaS5vcmc" + some(140)
    yield "gitlab token", "gl" + "pat-" + some(20)
    yield "gitlab token", "gl" + "rt-" + some(20)
    yield "discord token", "M" + some(23) + "." + some(6) + "." + some(27)
    yield "telegram token", some(10, digits).replace("Q", "1").replace("Z", "2") + ":AA" + some(33)
    yield "sendgrid key", "S" + "G." + some(22) + "." + some(43)
    yield "twilio key", "S" + "K" + some(32, HEX)
    yield "twilio account", "A" + "C" + some(32, HEX)
    yield "mailchimp key", some(32, HEX) + "-us" + "12"
    yield "digitalocean token", "dop" + "_v1_" + some(64, HEX)
    yield "linear key", "lin" + "_api_" + some(40)
    yield "supabase token", "sbp" + "_" + some(40, HEX)
    yield "age key", "AGE-SECRET" + "-KEY-1" + some(58, UPPER)
    yield "azure client secret", some(3) + "8Q~" + some(34)
    yield "vault token", "hv" + "s." + some(90)
    yield "databricks token", "dap" + "i" + some(32, HEX)
    yield "docker token", "dck" + "r_pat_" + some(27)
    yield "atlassian token", "ATA" + "TT3" + some(180) + "=" + some(8, UPPER)
    yield "new relic key", "NR" + "AK-" + some(27, UPPER)
    yield "notion token", "nt" + "n_" + some(46)


def _phrases(make: _Maker) -> Iterator[tuple[str, str, str]]:
    """Yield secrets that are known by what stands around them: kind, text, the secret part."""
    some = make.some
    for scheme in ("postgres", "mysql+pymysql", "mongodb+srv", "redis", "amqp"):
        password = some(18)
        yield "connection string", f"{scheme}://app:{password}@db.example:5432/shop", password
    password = some(12)
    yield "connection string", f"Server=db.example;User Id=app;Password={password};Port=1", password
    password = some(14)
    yield "address with a password", f"https://noor:{password}@git.example/parser.git", password
    token = some(30)
    yield "address with a password", f"https://{token}@git.example/parser.git", token
    path = f"T{some(10, UPPER)}/B{some(10, UPPER)}/{some(24)}"
    yield "slack webhook", f"https://hooks.slack{''}.com/services/{path}", path
    path = f"T{some(10, UPPER)}/{some(13, string.digits)}/{some(32)}"
    yield "slack webhook", f"https://hooks.slack{''}.com/triggers/{path}", path
    path = f"{some(18, string.digits).replace('Q', '1').replace('Z', '2')}/{some(68)}"
    yield "discord webhook", f"https://discord{''}.com/api/webhooks/{path}", path.partition("/")[2]
    token = some(40)
    yield "bearer header", f"Authorization: Bearer {token}", token
    pair = base64.b64encode(f"app:{some(18)}".encode()).decode()
    yield "basic header", f"Authorization: Basic {pair}", pair
    token = some(32)
    yield "header with a key", f"X-Api-Key: {token}", token
    secret = make.base64(30)
    yield "aws secret key", f"aws_secret_access_key = {secret}", secret
    secret = make.base64(30)
    yield "aws secret key", f"AWS_SECRET_ACCESS_KEY={secret}", secret
    secret = make.base64(30)
    yield "aws secret key", f"{'AK' + 'IA' + some(16, UPPER)} with {secret}", secret
    secret = make.base64(64)
    yield "azure account key", f"AccountName=shop;AccountKey={secret};EndpointSuffix=x", secret
    secret = some(43) + "%3D"
    yield "azure signature", f"https://shop.blob.example/c?sv=2025-01-01&sig={secret}&se=x", secret
    token = some(36)
    yield "npm token", f"//registry.example/:_authToken={token}", token
    for name in (
        "SESSION_SECRET",
        "export BILLING_API_KEY",
        "JWT_SIGNING_KEY",
        "twilio_auth_token",
    ):
        secret = some(32)
        yield "settings line", f"{name}={secret}", secret
    secret = some(40)
    yield "settings line", f'client_secret: "{secret}"', secret
    password = some(10)
    yield "settings line", f"DB_PASSWORD={password}", password
    secret = some(40)
    yield "settings line", f'"api_key": "{secret}",', secret
    secret = some(32)
    yield "address with a token", f"https://api.example/items?page=2&access_token={secret}", secret


def _blocks(make: _Maker) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield private keys in lines: kind, text, the lines of the key."""
    for kind in ("RSA ", "EC ", "OPENSSH ", ""):
        title = f"{kind}PRIVATE {''}KEY-----"
        prefix = "b3BlbnNzaC1rZXktdjEA" if kind == "OPENSSH " else "MII" + "EpAIBAAKC"
        body = (prefix + make.base64(30)[:40], make.base64(45), make.base64(33))
        lines = "\n".join(body)
        yield f"{kind.lower()}private key", f"-----BEGIN {title}\n{lines}\n-----END {title}", body
    two = ("MII" + "EvQIBADAN" + make.base64(45), make.base64(45))
    key = "\\n".join((f"-----BEGIN PRIVATE {''}KEY-----", *two, f"-----END PRIVATE {''}KEY-----"))
    account = json.dumps({"type": "service_account", "private_key": key}).replace("\\\\n", "\\n")
    yield "service account", account, two


def _make_all() -> tuple[Planted, ...]:
    make = _Maker()
    return (
        *(Planted(kind, text, (text,)) for kind, text in _tokens(make)),
        *(Planted(kind, text, (clear,)) for kind, text, clear in _phrases(make)),
        *(Planted(kind, text, clear) for kind, text, clear in _blocks(make)),
    )


PLANTED = _make_all()


def find_clear(seen: str, planted: tuple[Planted, ...] = PLANTED) -> list[str]:
    """Return the kinds of the secrets that can be read in ``seen``, in small letters or as a slug too."""
    lowered = seen.lower()
    return [
        one.kind
        for one in planted
        if any(part.lower() in lowered or _as_slug(part) in lowered for part in one.clear)
    ]


def _as_slug(part: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in part.lower()).strip("-")
