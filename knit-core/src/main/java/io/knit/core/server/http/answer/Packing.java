package io.knit.core.server.http.answer;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * Answers packed as gzip for who takes that. Not by a handler of the connection: that would hold packed pieces where nobody counts what is not read, and
 * of many requests on their way it lost some.
 */
final class Packing implements Iterator<Buffer> {
    /** What packing takes besides its pieces: zlib's window and tables. */
    static final long KEPT = 300 * 1024;

    /** Smaller ones fit one packet anyway. */
    static final int LEAST = 1_400;

    private final Iterator<Buffer> pieces;
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final GZIPOutputStream packer;
    private boolean ended;

    private Packing(Iterator<Buffer> pieces) throws IOException {
        this.pieces = pieces;
        this.packer = new GZIPOutputStream(packed);
    }

    /** Whether the client takes it, and says so in a form that can be understood. */
    static boolean isTaken(HttpServerRequest request) {
        return request.headers().getAll("Accept-Encoding").stream()
                .flatMap(header -> Arrays.stream(header.toLowerCase(Locale.ROOT).split(",")))
                .map(each -> each.replaceAll("\\s", ""))
                .anyMatch(each -> each.equals("gzip") || each.matches("gzip;q=(1(\\.0{0,3})?|0\\.\\d*[1-9]\\d*)"));
    }

    static Buffer of(Buffer whole) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(whole.length() / 4);
        try (GZIPOutputStream packer = new GZIPOutputStream(packed)) {
            packer.write(whole.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return Buffer.buffer(packed.toByteArray());
    }

    /** The same of pieces that are made when they are asked for. */
    static Iterator<Buffer> of(Iterator<Buffer> pieces) {
        try {
            return new Packing(pieces);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    @Override
    public boolean hasNext() {
        return !ended;
    }

    /** Reads on until there is something to send. */
    @Override
    public Buffer next() {
        try {
            while (pieces.hasNext() && packed.size() < Answers.PIECE / 2) {
                packer.write(pieces.next().getBytes());
            }
            if (!pieces.hasNext()) {
                packer.close();
                ended = true;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        Buffer ready = Buffer.buffer(packed.toByteArray());
        packed.reset();
        return ready;
    }
}
