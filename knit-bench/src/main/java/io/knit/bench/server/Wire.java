package io.knit.bench.server;

import io.nats.client.NKey;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An agent's connection to the broker: logs in by a key as agents do, then reads messages and writes them in blocks. */
final class Wire {
    private static final Pattern NONCE = Pattern.compile("\"nonce\":\"([^\"]+)\"");
    private static final byte[] MSG = bytes("MSG ");
    private static final byte[] PING = bytes("PING");
    private static final byte[] ERROR = bytes("-ERR");

    private final SocketChannel channel;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] rest = new byte[1024];
    private int held;

    /** Takes one message: its subject, and where its payload is. */
    interface Listener {
        void message(String subject, byte[] bytes, int from, int to);
    }

    Wire(String node, URI nats, String... subscriptions) throws IOException {
        // before the broker begins to wait for it
        NKey key = key();
        channel = SocketChannel.open(new InetSocketAddress(nats.getHost(), nats.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Matcher nonce = NONCE.matcher(line());
        if (!nonce.find()) {
            throw new IOException("the broker asks for no key");
        }
        put(connect(node, key, nonce.group(1)));
        int id = 0;
        for (String subject : subscriptions) {
            put("SUB " + subject + ' ' + ++id + "\r\n");
        }
        put("PING\r\n");
        flush();
        for (String line = line(); !line.equals("PONG"); line = line()) {
            if (line.startsWith("-ERR")) {
                throw new IOException("the broker refuses " + node + ": " + line);
            }
        }
    }

    /** One that has signed before, for the first time takes long. */
    private static NKey key() throws IOException {
        try {
            NKey key = NKey.createUser(null);
            key.sign(MSG);
            return key;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static String connect(String node, NKey key, String nonce) throws IOException {
        try {
            String signed = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(key.sign(nonce.getBytes(StandardCharsets.US_ASCII)));
            return "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":1,\"headers\":false,\"name\":\"" + node
                    + "\",\"nkey\":\"" + new String(key.getPublicKey()) + "\",\"sig\":\"" + signed + "\"}\r\n";
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (true) {
            if (channel.read(one.clear()) < 0) {
                throw new EOFException("the broker closed the connection: " + line);
            }
            char letter = (char) one.get(0);
            if (letter == '\n') {
                return line.toString().stripTrailing();
            }
            line.append(letter);
        }
    }

    SocketChannel channel() {
        return channel;
    }

    void publish(String subject, String replyTo, byte[] payload) {
        put("PUB " + subject + ' ' + replyTo + ' ' + payload.length + "\r\n");
        out.writeBytes(payload);
        put("\r\n");
    }

    private void put(String text) {
        out.writeBytes(bytes(text));
    }

    /** Writes what was put. */
    void flush() throws IOException {
        if (out.size() > 0) {
            ByteBuffer all = ByteBuffer.wrap(out.toByteArray());
            out.reset();
            while (all.hasRemaining()) {
                channel.write(all);
            }
        }
    }

    /** Takes in what came. */
    void heard(byte[] bytes, int count, Listener listener) throws IOException {
        if (held == 0) {
            int used = parse(bytes, count, listener);
            keep(bytes, used, count - used);
        } else {
            keep(bytes, 0, count);
            int used = parse(rest, held, listener);
            System.arraycopy(rest, used, rest, 0, held - used);
            held -= used;
        }
    }

    private void keep(byte[] bytes, int from, int count) {
        if (rest.length < held + count) {
            rest = Arrays.copyOf(rest, Math.max(2 * rest.length, held + count));
        }
        System.arraycopy(bytes, from, rest, held, count);
        held += count;
    }

    private int parse(byte[] bytes, int end, Listener listener) throws IOException {
        int from = 0;
        while (true) {
            int newline = from;
            while (newline < end && bytes[newline] != '\n') {
                newline++;
            }
            if (newline == end) {
                return from;
            }
            int next = newline + 1;
            if (begins(bytes, from, newline, MSG)) {
                String[] words = new String(bytes, from, newline - 1 - from, StandardCharsets.ISO_8859_1).split(" ");
                int length = Integer.parseInt(words[words.length - 1]);
                next += length + 2;
                if (next > end) {
                    return from;
                }
                listener.message(words[1], bytes, newline + 1, newline + 1 + length);
            } else if (begins(bytes, from, newline, PING)) {
                put("PONG\r\n");
            } else if (begins(bytes, from, newline, ERROR)) {
                throw new IOException(
                        "the broker says " + new String(bytes, from, newline - from, StandardCharsets.ISO_8859_1));
            }
            from = next;
        }
    }

    private static boolean begins(byte[] bytes, int from, int to, byte[] word) {
        return to - from >= word.length && Arrays.equals(bytes, from, from + word.length, word, 0, word.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
