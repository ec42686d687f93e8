package io.knit.core.server.image;

import io.knit.core.rules.tar.TarHead;
import io.knit.core.server.image.TarIndex.Span;
import io.knit.core.wire.stream.StreamEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A tar of an image, piece by piece, from where its layers lie. Used by one at a time. */
final class ImagePieces {
    private final FileChannel file;
    private final Deque<Part> parts = new ArrayDeque<>();
    private long done;
    private long bytes;

    /** Bytes, or else a part of the file. */
    private record Part(byte @Nullable [] made, Span span) {}

    ImagePieces(FileChannel file) {
        this.file = file;
    }

    void add(String name, byte[] content) {
        make(TarHead.ofFile(name, content.length).bytes());
        make(content);
        pad(content.length);
    }

    void add(String name, Span content) {
        make(TarHead.ofFile(name, content.size()).bytes());
        parts.add(new Part(null, content));
        bytes += content.size();
        pad(content.size());
    }

    private void make(byte[] made) {
        parts.add(new Part(made, new Span(0, made.length)));
        bytes += made.length;
    }

    private void pad(long size) {
        make(new byte[(int) (-size & TarIndex.BLOCK - 1)]);
    }

    /** Its end is two blocks of nothing. To be called once. */
    ImagePieces end() {
        make(new byte[2 * TarIndex.BLOCK]);
        return this;
    }

    /** Of the whole tar. */
    long bytes() {
        return bytes;
    }

    /** Blocks. Null: that was all. */
    byte @Nullable [] next() throws IOException {
        Part part = parts.peek();
        while (part != null && done == part.span().size()) {
            parts.remove();
            done = 0;
            part = parts.peek();
        }
        if (part == null) {
            return null;
        }
        int size = (int) Math.min(StreamEnd.PIECE, part.span().size() - done);
        byte[] made = part.made();
        byte[] piece;
        if (made != null) {
            piece = Arrays.copyOfRange(made, (int) done, (int) done + size);
        } else {
            ByteBuffer read = ByteBuffer.allocate(size);
            while (read.hasRemaining()) {
                if (file.read(read, part.span().at() + done + read.position()) < 0) {
                    throw new IOException("what came of the image is not on the server's disk any more");
                }
            }
            piece = read.array();
        }
        done += size;
        return piece;
    }
}
