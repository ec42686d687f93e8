package io.knit.core.agent.pull;

import io.knit.api.error.KnitException;
import io.knit.api.model.RegistryAuth;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.ValuesPage;
import io.knit.core.wire.seal.SealKey;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Asks the server each time, so that a password that was changed serves the next pull. While nobody answers, what it said last holds; it is in memory alone. Only on the loop.
 */
public final class ServerLogins implements Logins {
    private final ValueQuestions server;
    private final SealKey key;
    private final Map<String, Login> said = new HashMap<>();

    public ServerLogins(ValueQuestions server, SealKey key) {
        this.server = server;
        this.key = key;
    }

    @Override
    public Future<Login> of(String registry) {
        ReadValue wanted = ReadValue.login(registry);
        return server.ask(wanted, null)
                .map(answer -> heard(wanted, answer))
                .recover(e -> Future.succeededFuture(unasked(registry)));
    }

    private Login heard(ReadValue wanted, ValuesPage answer) {
        String refused = answer.refused().get(wanted.key());
        ReadValue given = ValueQuestions.in(answer, wanted);
        Login login = Login.NONE;
        if (given != null && given.body() != null) {
            login = opened(given, given.body());
        } else if (refused != null) {
            login = new Login(
                    null, "the login that the server keeps for " + wanted.name() + " can't be had: " + refused);
        }
        said.put(wanted.name(), login);
        return login;
    }

    private Login opened(ReadValue value, String box) {
        try {
            String text = new String(key.open(value.about(), Base64.getDecoder().decode(box)), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon > 0) {
                return new Login(new RegistryAuth(text.substring(0, colon), text.substring(colon + 1)), "");
            }
        } catch (KnitException | IllegalArgumentException e) {
            // said below: what did not open is no text for people
        }
        return new Login(
                null, "the login that the server keeps for " + value.name() + " does not open here; set it again");
    }

    private Login unasked(String registry) {
        Login last = said.get(registry);
        return last != null
                ? last
                : new Login(
                        null,
                        "whether the server keeps a login for " + registry + " is not known, for it did not answer");
    }
}
