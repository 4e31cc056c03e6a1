"""A model bound to answer by a JSON schema, in the way that its client has for it."""

from __future__ import annotations

from typing import Any

__all__ = ["with_schema"]


def with_schema(model: Any, schema: dict[str, Any], name: str = "step") -> Any:
    """A runnable over the model whose replies are messages with JSON text.

    OpenAI's client checks a reply itself and raises where it was cut off, when it knows of the schema; so the schema goes into the
    body past it. Any other client is asked for structured output, and its message is taken as it came.
    """
    if "openai" in str(getattr(model, "_llm_type", "")):
        body = {"type": "json_schema", "json_schema": {"name": name, "schema": schema}}
        return model.bind(extra_body={**(model.extra_body or {}), "response_format": body})
    if getattr(model, "_llm_type", "") == "biocopilot-local":  # decoded under the grammar, piece by piece
        return model.bind(answer_schema=schema)
    from langchain_core.runnables import RunnableLambda

    titled = {"title": name, "description": "One step.", **schema}
    try:
        bound = model.with_structured_output(titled, method="json_schema", include_raw=True)
    except (NotImplementedError, ValueError, TypeError):  # no such output: the prompt alone says what is wanted
        return model
    return bound | RunnableLambda(lambda found: found["raw"])
