# Hooks of schemathesis: how a body of one event per line is written.
import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(_ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
