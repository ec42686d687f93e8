package io.knit.plugin.nats.broker.client;

import io.knit.plugin.nats.broker.flow.Reading;
import io.knit.plugin.nats.broker.routing.Outbound;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection so that the client gets what waits for it: all of that is sent, then the stream's end, and the socket is closed
 * when the client closes too, or after a while. Closing at once, with unread bytes in the socket, would reset the connection
 * and take with it what the client has not read yet. What the client sends meanwhile is thrown away, up to a number of bytes; then it
 * is read no more, and the client has the rest of the time to find what it was told. On the connection's loop.
 */
final class Farewell {
    /** How long a client that was sent everything may take to read it. */
    private static final long LINGER_MILLIS = 500;

    private static final long STEP_MILLIS = 10;
    /** More than what a client that obeys may have sent before it hears that it must go: about as much as nats-server takes. */
    private static final long MOST_BYTES = 1024 * 1024;

    private final SocketChannel channel;
    private final Reading reading;
    private final Outbound outbound;
    private long stepsLeft;
    private long bytesLeft = MOST_BYTES;

    /** @param mostMillis how long the client may take to be sent what waits for it */
    Farewell(SocketChannel channel, Reading reading, Outbound outbound, long mostMillis) {
        this.channel = channel;
        this.reading = reading;
        this.outbound = outbound;
        this.stepsLeft = mostMillis / STEP_MILLIS;
    }

    /** Begins; what the client still sends must be thrown away from now on. */
    void begin() {
        reading.last();
        step();
    }

    /** So many bytes of the client's were thrown away. */
    void threwAway(int bytes) {
        bytesLeft -= bytes;
        if (bytesLeft < 0) {
            reading.pause(Reading.Reason.FAREWELL);
        }
    }

    private void step() {
        outbound.flush();
        if (outbound.pending() == 0) {
            endOutput();
            later(this::close, LINGER_MILLIS);
        } else if (stepsLeft-- > 0 && channel.isActive()) {
            later(this::step, STEP_MILLIS);
        } else {
            close();
        }
    }

    private void later(Runnable next, long millis) {
        Future<?> unused = channel.eventLoop().schedule(next, millis, TimeUnit.MILLISECONDS);
    }

    private void endOutput() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            shutdownOutput();
        } else {
            tls.closeOutbound().addListener(sent -> shutdownOutput()); // TLS says goodbye in its own words first
        }
    }

    private void shutdownOutput() {
        ChannelFuture unused = channel.shutdownOutput();
    }

    private void close() {
        ChannelFuture unused = channel.close();
    }
}
