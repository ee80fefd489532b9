"""The OpenAPI document is one that clients can be generated from."""

import json
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_document_is_valid():
    document = json.loads(DOCUMENT.read_text())
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
