package io.knit.plugin.nats.broker.session;

import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.flow.MemoryGuard;
import io.knit.plugin.nats.broker.login.ConnectOptions;
import io.knit.plugin.nats.broker.protocol.Line;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.plugin.nats.broker.settings.ClientListener;
import io.knit.plugin.nats.broker.settings.NatsClient;
import org.jspecify.annotations.Nullable;

/** Who a client is, and what it may do. On the connection's loop, but for {@link #asked}. */
public final class Session {
    private final ClientListener listener;
    private final long id;
    private final MemoryGuard memory;
    private @Nullable NatsClient client;
    private volatile User user = User.ANYBODY; // monitoring looks at it
    private @Nullable Rights rights; // null: it may do everything
    private volatile @Nullable Replies replies;

    /** @param listener hears when the client has said who it is, and when it is gone; throws nothing */
    public Session(ClientListener listener, long id, MemoryGuard memory) {
        this.listener = listener;
        this.id = id;
        this.memory = memory;
    }

    public User user() {
        return user;
    }

    /** The client is this user from now on. */
    public void becomes(User who) {
        user = who;
        forget();
        rights = who.permissions().isAll() ? null : new Rights(who.permissions(), memory::heap);
        replies = rights == null ? null : rights.replies();
    }

    /** The client has said what it is: those who listen hear of it, and once more if it becomes another user. */
    public void introduced(ConnectOptions said, String address) {
        if (client != null && client.user().equals(user.name())) {
            return;
        }
        ended();
        client = new NatsClient(id, said.name(), said.lang(), said.version(), user.name(), address);
        listener.opened(client);
    }

    public boolean isIntroduced() {
        return client != null;
    }

    public void ended() {
        if (client != null) {
            listener.closed(client);
            client = null;
        }
    }

    /** The connection is closed: nothing is kept for it any more. */
    public void closed() {
        ended();
        forget();
    }

    private void forget() {
        Replies present = replies;
        if (present != null) {
            present.close();
        }
    }

    /** Bytes that are held of the requests it may answer, roughly. From any thread. */
    public int held() {
        Replies present = replies;
        return present == null ? 0 : present.bytes();
    }

    /** What the client is to be told instead of what it published; null if it may. */
    public byte @Nullable [] forbids(Publication message) {
        return rights == null || rights.mayPublish(message)
                ? Reserved.refusal(message)
                : violation("Publish to \"" + message.subject() + '"');
    }

    /** What the client is to be told instead of being subscribed; null if it may. */
    public byte @Nullable [] forbids(String subject, @Nullable String queue) {
        return rights == null || rights.maySubscribe(subject, queue)
                ? null
                : violation(
                        "Subscription to \"" + subject + '"' + (queue == null ? "" : " using queue \"" + queue + '"'));
    }

    static byte[] violation(String what) {
        return Line.of("-ERR 'Permissions Violation for " + what + "'\r\n");
    }

    /** What keeps messages from a subscription, if it reaches farther than the client may. */
    @Nullable
    public Permissions filter(String subject) {
        return rights == null ? null : rights.filter(subject);
    }

    /** The client gets a request, which it may answer. From any loop. */
    public void asked(Publication request) {
        Replies present = replies;
        if (present != null && present.asked(request.reply())) {
            memory.check();
        }
    }
}
