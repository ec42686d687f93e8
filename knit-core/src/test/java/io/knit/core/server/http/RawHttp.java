package io.knit.core.server.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection on which a test says exactly what it wants to. */
public final class RawHttp implements AutoCloseable {
    private final Socket socket;
    private final OutputStream out;
    private final BufferedReader in;

    public RawHttp(int port) throws IOException {
        this(port, 0);
    }

    /**
     * Connects.
     *
     * @param window bytes that the operating system takes before they are read, in round figures; 0 for as it likes
     */
    public RawHttp(int port, int window) throws IOException {
        socket = new Socket();
        if (window > 0) {
            socket.setReceiveBufferSize(window);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(10_000);
        out = socket.getOutputStream();
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Sends these characters; {@code \n} in heads is for the caller to write as {@code \r\n}. */
    public RawHttp send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
        return this;
    }

    /** Sends these bytes. */
    public RawHttp send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
        return this;
    }

    public String line() throws IOException {
        String line = in.readLine();
        return line == null ? "<end>" : line;
    }

    /** So many characters, or fewer at the end. */
    public String some(int most) throws IOException {
        char[] buffer = new char[most];
        int n = 0;
        while (n < most) {
            int more = in.read(buffer, n, most - n);
            if (more < 0) {
                break;
            }
            n += more;
        }
        return new String(buffer, 0, n);
    }

    /** All up to the end of the connection. */
    public String rest() throws IOException {
        StringBuilder all = new StringBuilder();
        char[] buffer = new char[4096];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            all.append(buffer, 0, n);
        }
        return all.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
