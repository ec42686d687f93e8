package io.knit.plugin.docker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients of one engine, each with a connection of its own, which one call at a time uses: so no stream takes a connection that a call waits for,
 * and closing the client ends a call that hangs, which on a unix socket no timeout of the HTTP client does. A client whose call was
 * answered is kept for the next one; any other is closed, and so are those that lie idle, and all when the engine is gone. Thread-safe.
 */
public final class EngineClients {
    private static final Logger LOG = LoggerFactory.getLogger(EngineClients.class);

    /** For tcp; a unix socket connects at once or not at all. */
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** More lie idle only after a crowd, whose like may not come again. */
    private static final int MOST_IDLE = 16;

    private final EngineAddress address;
    /** The last used first; on the other end those that a crowd left. */
    private final Deque<DockerClient> idle = new ArrayDeque<>();

    /** How many were there all the time since the last sweep. */
    private int fewest;

    private boolean swept;
    private boolean closed;

    public EngineClients(EngineAddress address) {
        this.address = address;
    }

    public EngineAddress address() {
        return address;
    }

    /** Opens nothing yet: the connection is made by the first request. Close with {@link #close}. */
    public DockerClient open() {
        ZerodepDockerHttpClient.Builder http =
                new ZerodepDockerHttpClient.Builder().dockerHost(address.uri()).connectionTimeout(CONNECT);
        // with one, tcp would be spoken as https
        if (address.isLocal()) {
            http.sslConfig(Trustless::context);
        }
        return DockerClientImpl.getInstance(new EngineClientConfig(address.uri()), new ClosableHttp(http.build()));
    }

    /** One that a call was answered on, or null: there is none. Its connection may be gone by now. */
    synchronized @Nullable DockerClient takeIdle() {
        DockerClient newest = idle.poll();
        fewest = Math.min(fewest, idle.size());
        return newest;
    }

    /**
     * Keeps a client whose call was answered whole.
     *
     * @return whether somebody must call {@link #dropUnused} in a while who does not yet
     */
    boolean giveBack(DockerClient client) {
        synchronized (this) {
            if (!closed && idle.size() < MOST_IDLE) {
                idle.push(client);
                boolean first = !swept;
                swept = true;
                return first;
            }
        }
        close(client);
        return false;
    }

    /**
     * Closes those that lay idle since it was called last.
     *
     * @return whether to call it again in a while
     */
    boolean dropUnused() {
        List<DockerClient> unused = new ArrayList<>();
        boolean again;
        synchronized (this) {
            for (int i = 0; i < fewest; i++) {
                unused.add(idle.removeLast());
            }
            fewest = idle.size();
            again = !idle.isEmpty();
            swept = again;
        }
        unused.forEach(EngineClients::close);
        return again;
    }

    /** The engine is gone, and with it its ends of the connections. */
    public void dropIdle() {
        List<DockerClient> stale;
        synchronized (this) {
            stale = List.copyOf(idle);
            idle.clear();
            fewest = 0;
        }
        stale.forEach(EngineClients::close);
    }

    /** From now on nothing is kept. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        dropIdle();
    }

    /** Ends the client's connections; what waits for an answer on another thread fails. */
    public static void close(DockerClient client) {
        try {
            client.close();
        } catch (IOException | RuntimeException e) {
            LOG.debug("A connection to the Docker Engine did not close cleanly", e);
        }
    }

    /**
     * Nobody speaks TLS over a socket of this host. Given no context the HTTP client takes the JDK's, which reads the 140 authorities that the host trusts:
     * 1 MB of an idle agent's heap, and time at its start.
     */
    private static final class Trustless {
        private static final SSLContext CONTEXT = make();

        private Trustless() {}

        static SSLContext context() {
            return CONTEXT;
        }

        private static SSLContext make() {
            try {
                SSLContext nobody = SSLContext.getInstance("TLS");
                nobody.init(new KeyManager[0], new TrustManager[0], null);
                return nobody;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("each Java has TLS", e);
            }
        }
    }
}
