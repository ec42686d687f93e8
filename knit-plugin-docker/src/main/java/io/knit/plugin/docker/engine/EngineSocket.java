package io.knit.plugin.docker.engine;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection on which the engine's HTTP gives way to plain bytes in both directions. docker-java can do that, too, but never says that its
 * direction has ended, so that what reads until the end of its input waits for ever. One thread may read while another writes.
 */
public final class EngineSocket implements Closeable {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int LARGEST_HEAD = 16 * 1024;
    private static final int LARGEST_REFUSAL = 64 * 1024;

    private final SocketChannel channel;
    private final ByteBuffer read = ByteBuffer.allocate(32 * 1024).flip();

    private EngineSocket(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects. Blocks for 5 s at most. */
    public static EngineSocket open(EngineAddress address) throws IOException {
        if ("unix".equals(address.uri().getScheme())) {
            return new EngineSocket(
                    SocketChannel.open(UnixDomainSocketAddress.of(address.uri().getPath())));
        }
        SocketChannel channel = SocketChannel.open();
        try {
            InetSocketAddress remote =
                    new InetSocketAddress(address.uri().getHost(), address.uri().getPort());
            channel.socket().connect(remote, CONNECT_MILLIS);
            channel.socket().setTcpNoDelay(true);
            return new EngineSocket(channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Asks for the plain bytes of something.
     *
     * @param path with its query, nothing of which comes from outside unencoded
     * @return empty: both may speak now; else what the engine says against it
     */
    public String upgrade(String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
        write(ByteBuffer.wrap(body));
        String answer = head();
        String status = answer.substring(0, Math.max(0, answer.indexOf("\r\n")));
        if (status.contains(" 101 ") || status.contains(" 200 ")) {
            return "";
        }
        return refusal(status, answer);
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            if (head.length() > LARGEST_HEAD || !fill()) {
                throw new EOFException("what listens there does not answer as a Docker Engine does");
            }
            while (read.hasRemaining() && head.indexOf("\r\n\r\n") < 0) {
                head.append((char) (read.get() & 0xff));
            }
        }
        return head.toString();
    }

    private String refusal(String status, String head) throws IOException {
        int length = LARGEST_REFUSAL;
        for (String line : head.split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        byte[] body = new byte[Math.min(length, LARGEST_REFUSAL)];
        int have = 0;
        while (have < body.length && fill()) {
            int more = Math.min(read.remaining(), body.length - have);
            read.get(body, have, more);
            have += more;
        }
        String text = new String(body, 0, have, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? status : text;
    }

    /** What is there now, at most so many bytes; waits for one at least. Empty: the engine has ended its direction. */
    public byte[] read(int most) throws IOException {
        if (!fill()) {
            return new byte[0];
        }
        byte[] bytes = new byte[Math.min(most, read.remaining())];
        read.get(bytes);
        return bytes;
    }

    private boolean fill() throws IOException {
        if (read.hasRemaining()) {
            return true;
        }
        read.clear();
        int count = channel.read(read);
        read.flip();
        return count > 0;
    }

    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Says that nothing more will be written. */
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Ends both directions; who reads or writes on another thread fails. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
