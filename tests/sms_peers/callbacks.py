"""Prints receipts as Twilio posts them, signed by Twilio's own package, one JSON object a line."""

import hashlib
import json
import random
import sys
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator, add_port, urlparse

TOKEN = sys.argv[1]
CHANCE = random.Random(20261125)
WORDS = ["delivered", "", "+8613800138000", "a b", "市政邮箱", "100%&=+~*'", "😀", "é", "A", "a", "Z", "_", "0"]
NAMES = ["MessageStatus", "To", "From", "ErrorCode", "b", "B", "a_b", "a-b", "市", "Body", "x y"]


class Parameters(dict):
    """Names that stand there twice, in the way of the web frameworks that the package knows."""

    def getlist(self, name):
        return self[name]


def post(number):
    validator = RequestValidator(TOKEN)
    host = CHANCE.choice(["https://reset.example.gov.cn", "https://reset.example.gov.cn:8443", "http://127.0.0.1"])
    url = host + "/v1/delivery-reports/main" + CHANCE.choice(["", "?a=1&b=2", "?b=%E5%B8%82&a"])
    if number % 5 == 0:
        body = json.dumps({"MessageSid": f"SM{number}", "MessageStatus": CHANCE.choice(WORDS)}, ensure_ascii=False)
        url += ("&" if "?" in url else "?") + "bodySHA256=" + hashlib.sha256(body.encode()).hexdigest()
        signed, kind = {}, "application/json"
    else:
        signed = Parameters({"MessageSid": [f"SM{number}"]})
        for name in CHANCE.sample(NAMES, CHANCE.randrange(len(NAMES))):
            signed[name] = [CHANCE.choice(WORDS) for _ in range(CHANCE.choice([1, 1, 1, 2, 3]))]
        pairs = [(name, value) for name, values in signed.items() for value in values]
        CHANCE.shuffle(pairs)
        body, kind = urlencode(pairs), "application/x-www-form-urlencoded"
    over = add_port(urlparse(url)) if CHANCE.random() < 0.5 else url
    signature = validator.compute_signature(over, signed)
    return {"url": url, "kind": kind, "signature": signature, "body": body, "id": f"SM{number}"}


for number in range(300):
    print(json.dumps(post(number)))
