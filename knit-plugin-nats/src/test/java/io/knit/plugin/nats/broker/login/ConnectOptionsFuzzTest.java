package io.knit.plugin.nats.broker.login;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Whatever stands behind CONNECT: no exception, and what is taken is a JSON object (or null) with nothing missing. */
class ConnectOptionsFuzzTest {
    @FuzzTest(maxDuration = "10m")
    void anyJson(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        ConnectFields fields = ConnectFields.read(text);
        if (fields == null) {
            return;
        }
        expectObject(text);
        boolean unused = Credentials.of(fields).isEmpty();
        ConnectOptions said = ConnectOptions.DEFAULTS.with(fields);
        Objects.requireNonNull(said.name());
        Objects.requireNonNull(said.lang());
        Objects.requireNonNull(said.version());
        if (!said.equals(said.with(fields))) {
            throw new AssertionError("said twice it is something else");
        }
    }

    private static void expectObject(String text) {
        try {
            Object json = Json.decodeValue(text);
            if (json != null && !(json instanceof JsonObject)) {
                throw new AssertionError("taken, but no object: " + text);
            }
        } catch (DecodeException e) {
            throw new AssertionError("taken, but no JSON: " + text, e);
        }
    }
}
