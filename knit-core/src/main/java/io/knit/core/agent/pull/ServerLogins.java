package io.knit.core.agent.pull;

import io.knit.api.error.KnitException;
import io.knit.api.model.RegistryAuth;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.fetch.Asking;
import io.knit.core.wire.AssignmentsRequest;
import io.knit.core.wire.ReadValue;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.ValuesPage;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.seal.SealKey;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server each time, so that a password that was changed serves the next pull. While nobody answers, what it said last holds; it is in memory alone. Only on the loop.
 */
public final class ServerLogins implements Logins {
    private final Asking asking;
    private final AgentIdentity identity;
    private final SealKey key;
    private final Supplier<@Nullable String> cluster;
    private final Map<String, Login> said = new HashMap<>();

    /** @param cluster null as long as it has none */
    public ServerLogins(Asking asking, AgentIdentity identity, SealKey key, Supplier<@Nullable String> cluster) {
        this.asking = asking;
        this.identity = identity;
        this.key = key;
        this.cluster = cluster;
    }

    @Override
    public Future<Login> of(String registry) {
        String present = cluster.get();
        if (present == null) {
            return Future.succeededFuture(unasked(registry));
        }
        ReadValue wanted = ReadValue.login(registry);
        return asking.ask(Subjects.assignments(identity.node()), WireCodec.encode(request(present, wanted)))
                .map(answer -> heard(wanted, present, WireCodec.decode(answer, ValuesPage.class)))
                .recover(e -> Future.succeededFuture(unasked(registry)));
    }

    private AssignmentsRequest request(String present, ReadValue wanted) {
        return new AssignmentsRequest(
                WireCodec.VERSION,
                present,
                identity.node(),
                identity.identity(),
                null,
                null,
                null,
                null,
                List.of(wanted.key()),
                key.forServers());
    }

    private Login heard(ReadValue wanted, String present, ValuesPage answer) {
        // one of before values were told answers with something else
        if (!present.equals(answer.cluster()) || answer.values() == null || answer.refused() == null) {
            return unasked(wanted.name());
        }
        String refused = answer.refused().get(wanted.key());
        Login login = Login.NONE;
        if (refused != null) {
            login = new Login(
                    null, "the login that the server keeps for " + wanted.name() + " can't be had: " + refused);
        }
        for (ReadValue value : answer.values()) {
            String body = value == null ? null : value.body();
            if (value != null && body != null && value.key().equals(wanted.key())) {
                login = opened(value, body);
            }
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
