"""What a secret looks like: detect-secrets' token rules, and the shapes that it does not know yet.

Of detect-secrets 1.5 (https://github.com/Yelp/detect-secrets) come all plugins that know a token by
its shape. Left out are its entropy and keyword plugins, which flag most lines of real logs, and the
one for IP addresses. Replaced by rules of our own are those that match too little (JWT without its
signature, a private key's title without the key) or whose time grows with the square of the line
(npm, OpenAI); those of assignments are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import cast

from detect_secrets.plugins import (
    artifactory,
    aws,
    azure_storage_key,
    basic_auth,
    cloudant,
    discord,
    github_token,
    gitlab_token,
    ibm_cloud_iam,
    ibm_cos_hmac,
    mailchimp,
    pypi_token,
    sendgrid,
    slack,
    softlayer,
    square_oauth,
    stripe,
    telegram_token,
    twilio,
)
from detect_secrets.plugins.base import RegexBasedDetector

from rollcall.notify.secret_names import NAMED
from rollcall.notify.secret_prefixes import PREFIXES
from rollcall.notify.secret_rule import NOT_BEFORE as _NOT_BEFORE
from rollcall.notify.secret_rule import Rule
from rollcall.notify.secret_rule import rule as _own


def _library(
    name: str, hints: str, plugin: type[RegexBasedDetector], *, group: int = 0
) -> Iterator[Rule]:
    """Take over a plugin's patterns; ``group`` counts where a pattern has groups at all."""
    for pattern in cast("Iterable[re.Pattern[str]]", plugin.denylist):
        yield Rule(name, tuple(hints.split()), _bound_spaces(pattern), min(group, pattern.groups))


def _bound_spaces(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Bound the runs of spaces around an assignment, whose time would grow with their cube."""
    bounded = pattern.pattern.replace("(?: *)", "(?: {0,4})").replace("| +|", "| {1,4}|")
    return re.compile(bounded, pattern.flags)


_KEY_WORDS = "key pwd pw pass token"

_FROM_LIBRARY = (
    *_library("artifactory key", "akc ap", artifactory.ArtifactoryDetector),
    *_library("aws credential", "a3t abia acca akia asia aws", aws.AWSKeyDetector, group=1),
    *_library("azure credential", "accountkey=", azure_storage_key.AzureStorageKeyDetector),
    *_library("password", "://", basic_auth.BasicAuthDetector, group=1),
    *_library("cloudant credential", "cl", cloudant.CloudantDetector, group=1),
    *_library("discord token", ".", discord.DiscordBotTokenDetector),
    *_library("github token", "ghp_ gho_ ghu_ ghs_ ghr_", github_token.GitHubTokenDetector),
    *_library("gitlab token", "gl gr1348941", gitlab_token.GitLabTokenDetector),
    *_library("ibm credential", _KEY_WORDS, ibm_cloud_iam.IbmCloudIamDetector, group=1),
    *_library("ibm credential", "secret", ibm_cos_hmac.IbmCosHmacDetector, group=1),
    *_library("mailchimp key", "-us", mailchimp.MailchimpDetector),
    *_library("pypi token", "pypi-", pypi_token.PypiTokenDetector),
    *_library("sendgrid key", "sg.", sendgrid.SendGridDetector),
    *_library("slack token", "xox hooks.slack.com", slack.SlackDetector),
    *_library("softlayer credential", "sl softlayer", softlayer.SoftlayerDetector, group=1),
    *_library("square secret", "sq0csp-", square_oauth.SquareOAuthDetector),
    *_library("stripe key", "k_live_", stripe.StripeDetector),
    *_library("telegram token", ":", telegram_token.TelegramBotTokenDetector),
    *_library("twilio key", "ac sk", twilio.TwilioKeyDetector),
)

_TODAY = (
    _own("slack token", "xox", _NOT_BEFORE + r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9%-]{10,}"),
    _own("slack token", "xapp-", _NOT_BEFORE + r"xapp-[A-Za-z0-9-]{10,}"),
    _own(
        "slack webhook",
        "hooks.slack",
        r"(?:https?://)?hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9_/-]{8,}",
        flags=re.IGNORECASE,
    ),
    _own(
        "discord webhook",
        "/api/webhooks/",
        r"https?://(?:\w{1,10}\.)?discord(?:app)?\.com/api/webhooks/\d{5,}/[\w-]{20,}",
    ),
    _own("github token", "gh", _NOT_BEFORE + r"gh[opusr]_[A-Za-z0-9]{16,}"),
    _own("github token", "github_pat_", _NOT_BEFORE + r"github_pat_[A-Za-z0-9_]{16,}"),
    _own(
        "aws credential",
        "secret_access_key secretaccesskey session_token sessiontoken",
        r"aws.?(?:secret.?access.?key|session.?token)[\"']?\s{0,8}[=:]\s{0,8}[\"']?"
        r"([A-Za-z0-9/+=]{40,})",
        group=1,
        flags=re.IGNORECASE,
    ),
    _own(
        "api key",
        "sk-",
        _NOT_BEFORE + r"sk-(?:ant|proj|svcacct|admin|or|lf|live|test)-[A-Za-z0-9_-]{16,}",
    ),
    _own("api key", "sk-", _NOT_BEFORE + r"sk-(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{20,}"),
    _own(
        "api key", "gsk_ xai- pplx- r8_", _NOT_BEFORE + r"(?:gsk_|xai-|pplx-|r8_)[A-Za-z0-9]{30,}"
    ),
    _own("hugging face token", "hf_", _NOT_BEFORE + r"hf_[A-Za-z0-9]{30,}"),
    _own(
        "json web token",
        "eyj",
        r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}={0,2}\.[A-Za-z0-9_-]{8,}={0,2}(?:\.[A-Za-z0-9_=+/-]*)?",
    ),
    _own(
        "private key",
        "private",
        # Its first dashes are lost where it stands in a heading or a bullet.
        r"-{0,5}BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r".*?(?:-----END [A-Z0-9 ]{0,60}-----|\Z)",
        flags=re.DOTALL,
    ),
    _own("private key", "putty-user-key", r"PuTTY-User-Key-File-\d{1,2}:.*", flags=re.DOTALL),
    _own("private key", "age-secret-key-", _NOT_BEFORE + r"AGE-SECRET-KEY-1[0-9A-Z]{50,}"),
    _own("password", "://", r"://[^\s:/@?#\[\]]{0,128}:([^\s/@\[\]]{1,256})@", group=1),
    _own(
        "password",
        "password= pwd=",
        r";\s{0,4}(?:password|pwd)=([^\s;'\"\[\]]{1,256})",
        group=1,
        flags=re.IGNORECASE,
    ),
    _own("shopify token", "shp", _NOT_BEFORE + r"shp(?:at|ca|pa|ss|tka|rt)_[A-Fa-f0-9]{32,}"),
    _own("stripe key", "k_", _NOT_BEFORE + r"[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"),
    _own("stripe secret", "whsec_", _NOT_BEFORE + r"whsec_[A-Za-z0-9+/=]{20,}"),
    _own("google key", "aiza", _NOT_BEFORE + r"AIza[A-Za-z0-9_-]{30,}"),
    _own("google secret", "gocspx- ya29.", _NOT_BEFORE + r"(?:GOCSPX-|ya29\.)[A-Za-z0-9_-]{20,}"),
    _own("npm token", "_authtoken", r"_authToken\s{0,4}=\s{0,4}([^\s\[\]]{8,})", group=1),
    _own("npm token", "npm_", _NOT_BEFORE + r"npm_[A-Za-z0-9]{36,}"),
    _own("gitlab token", "gl", _NOT_BEFORE + r"gl[a-z]{2,6}-[A-Za-z0-9_.-]{20,}"),
    _own("digitalocean token", "do", _NOT_BEFORE + r"do[oprt]_v1_[a-f0-9]{40,}"),
    _own("supabase token", "sbp_", _NOT_BEFORE + r"sbp_[a-f0-9]{40,}"),
    _own("linear key", "lin_", _NOT_BEFORE + r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}"),
    _own("vault token", "hv", _NOT_BEFORE + r"hv[sbr]\.[A-Za-z0-9_-]{24,}"),
    _own("databricks token", "dapi", _NOT_BEFORE + r"dapi[a-f0-9]{32}"),
    _own("docker token", "dckr_", _NOT_BEFORE + r"dckr_[po]at_[A-Za-z0-9_-]{20,}"),
    _own("atlassian token", "atatt3", _NOT_BEFORE + r"ATATT3[A-Za-z0-9_=-]{60,}"),
    _own("new relic key", "nrak-", _NOT_BEFORE + r"NRAK-[A-Z0-9]{27}"),
    _own("notion token", "ntn_", _NOT_BEFORE + r"ntn_[A-Za-z0-9]{40,}"),
    _own("grafana token", "gls glc", _NOT_BEFORE + r"gl(?:sa|c)_[A-Za-z0-9+/=_]{30,}"),
    _own("sentry token", "sntry", _NOT_BEFORE + r"sntry[su]_[A-Za-z0-9+/=_]{30,}"),
    _own("rubygems key", "rubygems_", _NOT_BEFORE + r"rubygems_[a-f0-9]{40,}"),
    _own("pulumi token", "pul-", _NOT_BEFORE + r"pul-[a-f0-9]{40}"),
    _own("mailgun key", "key-", _NOT_BEFORE + r"key-[a-f0-9]{32}(?![a-f0-9])"),
    _own("figma token", "figd_", _NOT_BEFORE + r"figd_[A-Za-z0-9_-]{30,}"),
    _own("postman key", "pmak-", _NOT_BEFORE + r"PMAK-[a-f0-9]{24}-[a-f0-9]{30,}"),
    _own("tailscale key", "tskey-", _NOT_BEFORE + r"tskey-[a-z]{2,12}-[A-Za-z0-9]{8,}-?\w{0,64}"),
    _own(
        "bearer token",
        "bearer",
        r"\bbearer\s{1,4}([A-Za-z0-9._~+/-]{20,}=*)",
        group=1,
        flags=re.IGNORECASE,
    ),
)

RULES: tuple[Rule, ...] = (*_TODAY, *PREFIXES, *_FROM_LIBRARY, *NAMED)

# A secret access key has no shape of its own; it is known by the key id that stands near it.
AWS_KEY_ID = re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}")
AWS_SECRET = Rule(
    "aws credential",
    (),
    re.compile(
        r"(?<![A-Za-z0-9/+])(?![0-9a-f]{40}(?![A-Za-z0-9/+]))[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
    ),
)
