"""An object of a schema out of a model's JSON: pydantic models of both versions, TypedDicts, JSON schemas."""

from __future__ import annotations

from operator import itemgetter
from typing import Any

from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_core.utils.pydantic import is_basemodel_subclass

__all__ = ["METHODS", "json_schema_of", "parsed"]

METHODS = ("json_schema", "function_calling", "json_mode")
"""What other models offer; here each is the same grammar of the schema."""


def json_schema_of(schema: Any) -> dict[str, Any]:
    """The JSON schema of whatever says what is wanted."""
    if isinstance(schema, type) and hasattr(schema, "exact_schema"):
        return dict(schema.exact_schema())
    return dict(convert_to_json_schema(schema))


def parsed(model: Runnable[Any, Any], schema: Any, include_raw: bool) -> Runnable[Any, Any]:
    """The model with its answer read: the object itself, or `{raw, parsed, parsing_error}` that raises nothing."""
    as_class = isinstance(schema, type) and is_basemodel_subclass(schema)
    parser: Any = PydanticOutputParser(pydantic_object=schema) if as_class else JsonOutputParser()
    if not include_raw:
        return model | parser
    read = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=lambda _: None)
    failed = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=model) | read.with_fallbacks([failed], exception_key="parsing_error")
