package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.access.User;
import org.jspecify.annotations.Nullable;

/** Who a client is, and what it may do. On the connection's loop, but for {@link #asked}. */
final class Session {
    private final Broker broker;
    private final long id;
    private @Nullable NatsClient client;
    private volatile User user = User.ANYBODY; // monitoring looks at it
    private @Nullable Rights rights; // null: it may do everything
    private volatile @Nullable Replies replies;

    Session(Broker broker, long id) {
        this.broker = broker;
        this.id = id;
    }

    User user() {
        return user;
    }

    /** The client is this user from now on. */
    void becomes(User who) {
        user = who;
        rights = who.permissions().isAll() ? null : new Rights(who.permissions());
        replies = rights == null ? null : rights.replies();
    }

    /** The client has said what it is: those who listen hear of it, and once more if it becomes another user. */
    void introduced(ConnectOptions said, String address) {
        if (client != null && client.user().equals(user.name())) {
            return;
        }
        ended();
        client = new NatsClient(id, said.name(), said.lang(), said.version(), user.name(), address);
        broker.tellOpened(client);
    }

    boolean isIntroduced() {
        return client != null;
    }

    void ended() {
        if (client != null) {
            broker.tellClosed(client);
            client = null;
        }
    }

    /** What the client is to be told instead of what it published; null if it may. */
    byte @Nullable [] forbids(Publication message) {
        return rights == null || rights.mayPublish(message)
                ? Reserved.refusal(message)
                : violation("Publish to \"" + message.subject() + '"');
    }

    /** What the client is to be told instead of being subscribed; null if it may. */
    byte @Nullable [] forbids(String subject, @Nullable String queue) {
        return rights == null || rights.maySubscribe(subject, queue)
                ? null
                : violation(
                        "Subscription to \"" + subject + '"' + (queue == null ? "" : " using queue \"" + queue + '"'));
    }

    static byte[] violation(String what) {
        return Connection.line("-ERR 'Permissions Violation for " + what + "'\r\n");
    }

    /** What keeps messages from a subscription, if it reaches farther than the client may. */
    @Nullable
    Permissions filter(String subject) {
        return rights == null ? null : rights.filter(subject);
    }

    /** The client gets a request, which it may answer. From any loop. */
    void asked(Publication request) {
        Replies present = replies;
        if (present != null) {
            present.asked(request.reply());
        }
    }
}
