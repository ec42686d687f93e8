package io.knit.plugin.nats.broker.tls;

import io.knit.api.error.KnitException;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that a broker uses, and the threads that handshakes are computed on, so that a stranger's handshake holds up no
 * client. When the files change their new content is used for the connections that follow; files that are wrong change
 * nothing. For the broker only. Thread-safe.
 */
public final class BrokerTls {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerTls.class);
    private static final int THREADS = 2;
    private static final long POLL_MILLIS = 2000;
    /** How long the farewell of TLS may take to leave when a connection is closed. */
    private static final long CLOSE_MILLIS = 500;

    private final TlsOptions options;
    private final ScheduledThreadPoolExecutor threads =
            new ScheduledThreadPoolExecutor(THREADS, new DefaultThreadFactory("knit-nats-tls", true));
    private volatile TlsMaterial present;
    // guarded by this
    private List<String>
            seen; // the files' state when what is in use was read: while it is another, each look reads them
    private String told = ""; // what was last said to be wrong with them; empty: nothing is

    private BrokerTls(TlsOptions options) {
        this.options = options;
        this.seen = FileState.of(options.files());
        this.present = TlsMaterial.read(options);
    }

    /**
     * Reads the files and starts to watch them; blocks.
     *
     * @throws KnitException with {@code FILE_UNAVAILABLE} if a file is not there or does not belong to the other, {@code INVALID_CONFIGURATION} if one of them is wrong
     */
    public static BrokerTls open(TlsOptions options) {
        BrokerTls tls = new BrokerTls(options);
        ScheduledFuture<?> unused =
                tls.threads.scheduleWithFixedDelay(tls::readIfChanged, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
        return tls;
    }

    /** What it was made of. */
    public TlsOptions options() {
        return options;
    }

    /** The handler for one new connection, with the present certificate. */
    public SslHandler handler(Channel channel) {
        SslHandler handler = present.context().newHandler(channel.alloc(), threads);
        handler.setHandshakeTimeoutMillis(options.handshakeTimeout().toMillis());
        handler.setCloseNotifyFlushTimeoutMillis(CLOSE_MILLIS);
        return handler;
    }

    /** TLS for clients in this program: trusts the present certificate alone, and shows it as its own. */
    public SSLContext ownClients() {
        return OwnClient.context(() -> present);
    }

    /** Reads the files now; fails if one of them is wrong, and then the certificate in use stays. */
    public Future<Void> reload() {
        Promise<Void> done = Promise.promise();
        try {
            threads.execute(() -> {
                try {
                    read();
                    done.complete();
                } catch (RuntimeException e) {
                    done.fail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.complete(); // closed: nobody connects any more
        }
        return done.future();
    }

    private synchronized void read() {
        List<String> now = FileState.of(options.files());
        present = TlsMaterial.read(options);
        seen = now;
        told = "";
        LOG.info("The NATS broker uses the certificate in {} from now on", options.certificate());
    }

    private synchronized void readIfChanged() {
        if (FileState.of(options.files()).equals(seen)) {
            told = "";
            return;
        }
        try {
            read();
        } catch (RuntimeException e) {
            String words = String.valueOf(e.getMessage());
            if (!words.equals(told)) {
                told = words;
                LOG.warn("The NATS broker's TLS files changed and are wrong; it goes on with what it had: {}", words);
            }
        }
    }

    /** Ends the threads. */
    public void close() {
        threads.shutdown();
    }
}
