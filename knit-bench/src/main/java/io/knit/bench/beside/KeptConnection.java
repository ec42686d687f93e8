package io.knit.bench.beside;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One HTTP connection to loopback that is kept, with one request under way at a time. */
public final class KeptConnection implements AutoCloseable {
    private static final int USUAL_ANSWER = 1 << 13;
    private static final String LENGTH = "\r\ncontent-length: ";

    private final SocketChannel channel;
    private ByteBuffer read = ByteBuffer.allocate(USUAL_ANSWER);

    public KeptConnection(int port) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** What was answered. */
    public record Answer(int status, String body) {
        /** @throws IllegalStateException with the answer's own words if it is another */
        public Answer expecting(int wanted) {
            if (status != wanted) {
                throw new IllegalStateException("answered " + status + ", not " + wanted + ": " + body);
            }
            return this;
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /** Asks and waits. */
    public Answer ask(String method, String path, String body) throws IOException {
        send(method, path, body);
        Answer answer = take();
        while (answer == null) {
            answer = take();
        }
        return answer;
    }

    public void send(String method, String path, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + (content.length == 0 ? "" : "Content-Type: application/json\r\n")
                + "Content-Length: " + content.length + "\r\n\r\n";
        byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer whole = ByteBuffer.allocate(first.length + content.length);
        whole.put(first).put(content).flip();
        while (whole.hasRemaining()) {
            channel.write(whole);
        }
        read.clear();
    }

    /** Reads once what is there. Null: the answer is not whole yet. */
    @Nullable
    Answer take() throws IOException {
        if (!read.hasRemaining()) {
            read = ByteBuffer.allocate(2 * read.capacity()).put(read.flip());
        }
        if (channel.read(read) < 0) {
            throw new IOException("the connection was closed before the answer was whole");
        }
        String text = new String(read.array(), 0, read.position(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return null;
        }
        int length = length(text.substring(0, end + 2).toLowerCase(Locale.ROOT));
        if (read.position() < end + 4 + length) {
            return null;
        }
        String body = new String(read.array(), end + 4, length, StandardCharsets.UTF_8);
        return new Answer(Integer.parseInt(text.substring(9, 12)), body);
    }

    private static int length(String head) {
        int at = head.indexOf(LENGTH);
        return at < 0
                ? 0
                : Integer.parseInt(head.substring(at + LENGTH.length(), head.indexOf("\r\n", at + LENGTH.length())));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
