package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.login.ServerInfo;
import io.knit.plugin.nats.broker.monitor.page.ConnectionQuestion;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.plugin.nats.broker.routing.SubjectRules;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients ask a nats-server of itself by message: who they are, and who else is there. Whoever may publish to these
 * subjects may ask. Thread-safe.
 */
final class SystemQuestions {
    private static final String PREFIX = "$SYS.REQ.";
    private static final String WHO_AM_I = "$SYS.REQ.USER.INFO";
    private static final String WHO_IS_THERE = "$SYS.REQ.ACCOUNT.PING.CONNZ";

    private final Broker broker;
    private final ConnectionQuestion connections;
    private final AtomicLong answers = new AtomicLong();

    SystemQuestions(Broker broker) {
        this.broker = broker;
        this.connections = new ConnectionQuestion(new BrokerWatch(broker));
    }

    /** The answer to a message, if it is a question; else null. */
    @Nullable
    JsonObject answer(Connection asker, Publication message) {
        if (!message.wantsAnswer() || !begins(message)) {
            return null;
        }
        return switch (message.subject()) {
            case WHO_AM_I -> signed(new JsonObject().put("data", user(asker)));
            case WHO_IS_THERE -> signed(connections.answer(payload(message)));
            default -> null;
        };
    }

    // a string for every message would cost more than this
    private static boolean begins(Publication message) {
        int length = message.subjectEnd - message.subjectStart;
        for (int i = 0; i < PREFIX.length(); i++) {
            if (i >= length || message.line[message.subjectStart + i] != PREFIX.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String payload(Publication message) {
        int length = message.length - message.headerLength;
        return message.shared == null
                ? new String(message.array, message.arrayStart + message.headerLength, length, StandardCharsets.UTF_8)
                : message.shared.toString(message.headerLength, length, StandardCharsets.UTF_8);
    }

    private static JsonObject user(Connection asker) {
        JsonObject user = new JsonObject()
                .put("user", SubjectRules.readable(asker.session().user().name()))
                .put("account", ServerInfo.ACCOUNT)
                .put("account_name", ServerInfo.ACCOUNT);
        Permissions permissions = asker.session().user().permissions();
        if (!permissions.isAll()) {
            user.put("permissions", permissions.toJson());
        }
        return user;
    }

    private JsonObject signed(JsonObject answer) {
        ServerInfo info = broker.info();
        JsonObject server = new JsonObject()
                .put("name", info.id())
                .put("host", info.host())
                .put("id", info.id())
                .put("ver", ServerInfo.VERSION)
                .put("jetstream", false)
                .put("flags", 0)
                .put("seq", answers.incrementAndGet())
                .put("time", Instant.now().toString());
        return new JsonObject().put("server", server).mergeIn(answer);
    }
}
