package io.knit.plugin.nats.broker;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client that speaks bytes. Text is ISO-8859-1, so every byte is a character. */
final class RawClient implements AutoCloseable {
    static final String QUIET = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
    static final String FULL =
            "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"no_responders\":true,\"protocol\":1}\r\n";
    private static final String CONNECTED = "\"connect_info\":true";
    private static final String PING = "PING\r\n";
    static final String PONG = "PONG\r\n";
    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final String info;

    RawClient(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = socket.getInputStream();
            info = line();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RawClient(Socket socket, String info) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.info = info;
    }

    /** A client whose bytes from the broker are also kept as they came over the wire. */
    static RawClient recording(int port, ByteArrayOutputStream wire) {
        try {
            Socket socket = new RecordedSocket(port, wire);
            socket.setSoTimeout(PATIENCE_MILLIS);
            RawClient client = new RawClient(socket, "");
            client.line(); // INFO
            wire.reset();
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class RecordedSocket extends Socket {
        private final ByteArrayOutputStream wire;

        RecordedSocket(int port, ByteArrayOutputStream wire) throws IOException {
            super(InetAddress.getLoopbackAddress(), port);
            this.wire = wire;
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read() throws IOException {
                    int b = super.read();
                    if (b >= 0) {
                        wire.write(b);
                    }
                    return b;
                }

                @Override
                public int read(byte[] bytes, int start, int length) throws IOException {
                    int count = super.read(bytes, start, length);
                    if (count > 0) {
                        wire.write(bytes, start, count);
                    }
                    return count;
                }
            };
        }
    }

    /** A client that waits for nothing: the broker may want to hear it first. */
    static RawClient silent(int port) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new RawClient(socket, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same client after the handshake of TLS, as one whose only protocols are these, or all if none is given. */
    RawClient secured(SSLContext tls, String... protocols) throws IOException {
        SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
        if (protocols.length > 0) {
            secure.setEnabledProtocols(protocols);
        }
        secure.startHandshake();
        return new RawClient(secure, info);
    }

    /** The other side's certificate. */
    X509Certificate certificate() throws IOException {
        return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
    }

    /** A client that said it wants neither +OK nor strictness. */
    static RawClient quiet(int port) {
        return new RawClient(port).send(QUIET);
    }

    /** A quiet client that understands headers and wants to hear where nobody answers. */
    static RawClient full(int port) {
        return new RawClient(port).send(FULL);
    }

    String info() {
        return info;
    }

    RawClient send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends what may come too late because the broker has closed the connection. */
    void trySend(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // closed: what was to be read is still read
        }
    }

    /** All that comes up to the answer to a ping sent now, without that answer and the broker's own pings. */
    String answers() {
        return answers(0);
    }

    /** As {@link #answers()}, where so many pings sent before are answered first. */
    String answers(int pongsBefore) {
        Heard heard = heard(pongsBefore);
        if (heard.end() != End.ANSWER) {
            String text = heard.text();
            throw new IllegalStateException(
                    heard.end() + " after " + text.substring(Math.max(0, text.length() - 1000)));
        }
        return heard.text();
    }

    /** What ended listening. */
    enum End {
        ANSWER,
        CLOSED,
        SILENCE
    }

    /** What came before the end. */
    record Heard(String text, End end) {}

    /** For how long to wait for a byte; then it is a failure. */
    RawClient patience(int millis) {
        try {
            socket.setSoTimeout(millis);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #answers(int)}, or all that comes until the broker closes the connection or says nothing for too long. */
    Heard heard(int pongsBefore) {
        trySend(PING.getBytes(StandardCharsets.ISO_8859_1));
        StringBuilder all = new StringBuilder();
        int left = pongsBefore + 1;
        int lineStart = 0;
        while (left > 0) {
            int next;
            try {
                next = in.read();
            } catch (SocketTimeoutException e) {
                return new Heard(all.toString(), End.SILENCE);
            } catch (IOException e) {
                next = -1; // a reset is an end too
            }
            if (next < 0) {
                return new Heard(all.toString(), End.CLOSED);
            }
            all.append((char) next);
            if (next == '\n') {
                String line = all.substring(lineStart);
                left -= line.equals(PONG) ? 1 : 0;
                // and tells who is in after the first pong
                if (line.equals(PING)
                        || line.contains(CONNECTED)) { // nats-server measures the way's time after two seconds
                    all.setLength(lineStart);
                }
                lineStart = all.length();
            }
        }
        return new Heard(all.substring(0, all.length() - PONG.length()), End.ANSWER);
    }

    /** One line, with its end. */
    String line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b;
        do {
            b = read();
            line.write(b);
        } while (b != '\n');
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    String bytes(int count) {
        try {
            return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that comes until the broker closes the connection. */
    String untilClosed() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            byte[] some = new byte[64 * 1024];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                all.write(some, 0, count);
            }
        } catch (SocketTimeoutException e) {
            throw new UncheckedIOException("still open after " + all.toString(StandardCharsets.ISO_8859_1), e);
        } catch (IOException e) {
            // reset: closed too
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Says that nothing more comes, and reads what the broker has still to say. */
    String leave() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // the broker was first
        }
        return untilClosed();
    }

    /** Cuts the connection: the broker's reads and writes fail. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int read() {
        try {
            int b = in.read();
            if (b < 0) {
                throw new IllegalStateException("the broker closed the connection");
            }
            return b;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
