package io.knit.bench.broker;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A connection that speaks the protocol by bytes, blocking. One thread reads, one writes. */
final class RawSocket implements AutoCloseable {
    private static final String CONNECT =
            "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,\"protocol\":1}\r\n";
    private static final int BUFFER = 256 * 1024;

    final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);

    RawSocket(int port) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        line(); // INFO
        send(CONNECT);
        sync();
        // brokers of today send INFO once more after the first PONG: it is not to be counted as a message
        sync();
    }

    void send(String text) throws IOException {
        send(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Waits until the broker has handled all that was sent. Not while messages may come. */
    void sync() throws IOException {
        send("PING\r\n");
        while (!line().equals("PONG")) {
            // the broker's own PING, or what came before
        }
    }

    /** Reads whatever is there, at least a byte; gives how many. What was read is thrown away. */
    int skip() throws IOException {
        in.clear();
        int count = channel.read(in);
        if (count < 0) {
            throw new EOFException("the broker closed the connection");
        }
        return count;
    }

    /** Reads exactly so many bytes and throws them away. */
    void skip(int count) throws IOException {
        int left = count;
        while (left > 0) {
            in.clear().limit(Math.min(left, BUFFER));
            int read = channel.read(in);
            if (read < 0) {
                throw new EOFException("the broker closed the connection");
            }
            left -= read;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (true) {
            one.clear();
            if (channel.read(one) < 0) {
                throw new EOFException("the broker closed the connection: " + line);
            }
            char letter = (char) one.get(0);
            if (letter == '\n') {
                return line.toString().stripTrailing();
            }
            line.append(letter);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
