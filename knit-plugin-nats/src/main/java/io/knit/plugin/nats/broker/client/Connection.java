package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.access.Limits;
import io.knit.plugin.nats.broker.access.User;
import io.knit.plugin.nats.broker.flow.Activity;
import io.knit.plugin.nats.broker.flow.Guarded;
import io.knit.plugin.nats.broker.flow.Pace;
import io.knit.plugin.nats.broker.flow.Reading;
import io.knit.plugin.nats.broker.flow.Traffic;
import io.knit.plugin.nats.broker.login.ConnectOptions;
import io.knit.plugin.nats.broker.login.Newcomer;
import io.knit.plugin.nats.broker.login.TlsEntrance;
import io.knit.plugin.nats.broker.protocol.Departure;
import io.knit.plugin.nats.broker.protocol.Line;
import io.knit.plugin.nats.broker.protocol.ProtocolParser;
import io.knit.plugin.nats.broker.protocol.Publication;
import io.knit.plugin.nats.broker.protocol.Violation;
import io.knit.plugin.nats.broker.routing.LoopState;
import io.knit.plugin.nats.broker.routing.Outbound;
import io.knit.plugin.nats.broker.routing.PublisherBrake;
import io.knit.plugin.nats.broker.routing.Subscriber;
import io.knit.plugin.nats.broker.routing.Subscription;
import io.knit.plugin.nats.broker.session.Session;
import io.knit.plugin.nats.broker.settings.BrokerSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client, from the first byte to the last: what comes from it goes through the {@link Login} to the parser, whose findings
 * {@link Conversation} carries out; what goes to it goes through {@link Outbound}. Lives on one event loop; only
 * {@link #outbound}, the {@code wants…} answers and {@link #ended} are used from others.
 */
public final class Connection extends ChannelInboundHandlerAdapter implements Subscriber, Guarded, Newcomer {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final byte[] OK = Line.of("+OK\r\n");
    /** How long a client that is sent away may take to be told why. */
    private static final long FAREWELL_MILLIS = 500;

    private final Broker broker;
    private final SocketChannel channel;
    private final LoopState loop;
    private final Outbound outbound;
    private final ProtocolParser parser;
    private final Reading reading;
    private final Pace pace;
    private final PublisherBrake brake;
    private final KeepAlive keepAlive;
    private final Session session;
    private final Login login;
    private final ConnectionWatch watch;
    private final Traffic received = new Traffic();
    private final Subscriptions subscriptions;
    private final long id;

    // written on the own loop before any subscription exists that would make others read it; volatile for a second
    // CONNECT
    private volatile ConnectOptions options = ConnectOptions.DEFAULTS;
    private boolean leaving;
    private volatile boolean dropped;
    private @Nullable Farewell farewell;

    /** @param activity notes when something came or went; null where nobody monitors */
    Connection(Broker broker, SocketChannel channel, LoopState loop, long id, @Nullable Activity activity) {
        this.broker = broker;
        this.channel = channel;
        this.loop = loop;
        this.id = id;
        BrokerSettings settings = broker.options();
        this.watch = new ConnectionWatch(activity);
        this.outbound = new Outbound(channel, settings, broker.memory(), this::drop);
        this.reading = new Reading(channel);
        this.pace = new Pace(reading, channel.eventLoop(), System::nanoTime);
        this.brake = new PublisherBrake(channel.eventLoop(), reading);
        this.keepAlive = new KeepAlive(this, channel.eventLoop(), settings);
        this.subscriptions = new Subscriptions(this, channel.eventLoop(), broker, settings.maxSubscriptions());
        this.session = new Session(broker.listener(), id, broker.memory());
        pace.limit(settings.maxOperations());
        this.parser =
                new ProtocolParser(new Conversation(this, settings, loop), settings.maxControlLine(), channel.alloc());
        this.login = new Login(this, broker, channel, parser);
    }

    @Override
    public long id() {
        return id;
    }

    ConnectionWatch watch() {
        return watch;
    }

    /** What it is subscribed to. */
    Subscriptions subscriptions() {
        return subscriptions;
    }

    Login login() {
        return login;
    }

    KeepAlive keepAlive() {
        return keepAlive;
    }

    @Override
    public Outbound outbound() {
        return outbound;
    }

    /** The messages that the client published. From any thread. */
    Traffic received() {
        return received;
    }

    @Override
    public boolean wantsEcho() {
        return options.echo();
    }

    @Override
    public boolean wantsHeaders() {
        return options.headers();
    }

    @Override
    public boolean wantsNoResponders() {
        return options.noResponders();
    }

    ConnectOptions options() {
        return options;
    }

    Session session() {
        return session;
    }

    /** Whether the broker reads from it. On the own loop. */
    Reading reading() {
        return reading;
    }

    /** What it may ask the broker. */
    SystemQuestions questions() {
        return broker.questions();
    }

    /** How fast it may go. On the own loop. */
    Pace pace() {
        return pace;
    }

    /** It is this user from now on, within its limits. On the own loop. */
    void becomes(User user) {
        Limits limits = user.limits();
        BrokerSettings settings = broker.options();
        pace.limit(Limits.smaller(settings.maxOperations(), limits.operations()));
        subscriptions.limit((int) Limits.smaller(settings.maxSubscriptions(), limits.subscriptions()));
        long pending = Limits.smaller(settings.maxPending(), limits.pending());
        outbound.limit(pending, pending != limits.pending());
        broker.seats().leave(session.user(), this);
        session.becomes(user);
        Connection leaver = broker.seats().take(user, this);
        if (leaver != null) {
            leaver.loop().execute(() -> leaver.violation(Violation.CONNECTIONS));
        }
    }

    @Override
    public void asked(Publication request) {
        session.asked(request);
    }

    @Override
    public void easeOff(Outbound subscriber) {
        brake.easeOff(subscriber);
    }

    /**
     * Bytes that are held for this client: what waits for it, what it has not sent whole, and its subscriptions. Roughly, from any
     * thread.
     */
    @Override
    public long burden() {
        return dropped ? 0 : outbound.pending() + parser.held() + subscriptions.cost() + session.held();
    }

    @Override
    public boolean isSpared() {
        return session.user().spared();
    }

    @Override
    public long subscriptionCost() {
        return subscriptions.cost();
    }

    /** Appends a line of the protocol. On the own loop. */
    void send(byte[] bytes) {
        outbound.append(bytes, loop);
    }

    // ---- the channel

    @Override
    public void channelActive(ChannelHandlerContext context) {
        LOG.debug("NATS client {} of {} has connected", id, address());
        if (broker.opened(this)) {
            keepAlive.start();
            broker.tlsEntrance().enter(this, channel);
        }
    }

    @Override
    public void greet() {
        login.greet(id, ip());
    }

    @Override
    public void flush() {
        outbound.flush();
    }

    @Override
    public void admit() {
        login.begin();
    }

    /** Tells the client what has changed of the broker, if it understands that. From any thread. */
    void informAgain() {
        channel.eventLoop().execute(() -> {
            if (session.isIntroduced() && options.protocol() >= 1 && !leaving) {
                greet();
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        keepAlive.heard();
        if (!bytes.isWritable()) {
            loop.moreComes();
        }
        if (farewell != null) {
            farewell.threwAway(bytes.readableBytes());
        }
        if (login.isChecking()) {
            login.hold(bytes);
        } else {
            read(bytes);
        }
    }

    /** Reads all there is, unless the login has to be passed first. Gives the buffer back. */
    void read(ByteBuf bytes) {
        try {
            while (bytes.isReadable() && !leaving && login.admits(bytes)) {
                int start = bytes.readerIndex();
                int count = Math.min(bytes.readableBytes(), loop.scratch.length);
                bytes.readBytes(loop.scratch, 0, count);
                int taken = parser.parse(loop.scratch, 0, count);
                if (login.isChecking()) {
                    login.holdRest(bytes.readerIndex(start + taken).retain());
                    return;
                }
            }
            if (parser.held() > 0 || subscriptions.hasGrown()) {
                broker.memory().check();
            }
            pace.settle();
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        outbound.drained();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        watch.leaves(Departure.READ_ERROR);
        // a client that hangs up, or a failed handshake, which Netty wraps: what strangers can do is no news
        if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            LOG.debug("NATS client {} is gone: {}", address(), cause.toString());
        } else {
            LOG.warn("NATS client {} is dropped for a fault of the broker", address(), cause);
        }
        hangUp();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        leaving = true;
        keepAlive.stop();
        parser.stop();
        outbound.close();
        int left = subscriptions.size();
        subscriptions.clear();
        login.close(left);
        broker.seats().leave(session.user(), this);
        LOG.debug("NATS client {} of {} has left: {}", id, address(), watch.departure());
        session.closed();
    }

    SocketChannel channel() {
        return channel;
    }

    String ip() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? "" : remote.getAddress().getHostAddress();
    }

    String address() {
        InetSocketAddress remote = channel.remoteAddress();
        return remote == null ? "unknown" : ip() + ':' + remote.getPort();
    }

    @Override
    public String certificateSubject() {
        return TlsEntrance.certificateSubject(channel);
    }

    /** The client has introduced itself. */
    void introduced(ConnectOptions said) {
        options = said;
    }

    /** Says that an operation is done, to a client that wants to hear it. */
    void acknowledge() {
        if (options.verbose()) {
            send(OK);
        }
    }

    @Override
    public void ended(Subscription subscription) {
        subscriptions.ended(subscription);
    }

    // ---- leaving

    /** Sends the client away, telling it why; what it still sends is thrown away. On the own loop. */
    @Override
    public void violation(Violation violation) {
        if (leaving) {
            return;
        }
        LOG.debug("NATS client {} is sent away: {}", address(), violation);
        watch.leaves(Departure.of(violation));
        if (violation == Violation.STALE) {
            broker.totals().stale();
        }
        stopListening();
        subscriptions.clear();
        login.leave();
        if (!violation.line().isEmpty()) {
            send(Line.of(violation.line()));
        }
        sayFarewell(FAREWELL_MILLIS);
    }

    /** Whether nothing more of what the client sends is carried out. On the own loop. */
    boolean isLeaving() {
        return leaving;
    }

    /** Carries out nothing more of what the client sends. On the own loop. */
    public void stopListening() {
        leaving = true;
        parser.stop();
    }

    /** Sends the client what waits for it, for so long at most, and closes. On the own loop. */
    public void dismiss(long mostMillis) {
        stopListening();
        subscriptions.clear();
        login.leave();
        sayFarewell(mostMillis);
    }

    private void sayFarewell(long mostMillis) {
        if (farewell == null) {
            farewell = new Farewell(channel, reading, outbound, mostMillis);
            farewell.begin();
        }
    }

    public EventLoop loop() {
        return channel.eventLoop();
    }

    /** Drops the client at once, without a word: it would not read it. From any loop. */
    @Override
    public void drop(Departure why, String words) {
        dropped = true;
        outbound.close();
        channel.eventLoop().execute(() -> {
            if (!leaving) {
                watch.leaves(why);
                if (why == Departure.SLOW_PENDING || why == Departure.SLOW_WRITE) {
                    broker.totals().tooSlow();
                }
                LOG.warn("NATS client {} ({}) is dropped: {}", options.name(), address(), words);
                leaving = true;
                hangUp();
            }
        });
    }

    /** Closes the connection without a word. From any thread. */
    void hangUp() {
        ChannelFuture unused = channel.close();
    }
}
