package io.knit.core.agent.render;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Asks before it writes each piece. */
final class PieceChannel extends FileChannel {
    private final FileChannel inner;
    private final Gate gate;

    interface Gate {
        void take() throws IOException;
    }

    PieceChannel(FileChannel inner, Gate gate) {
        this.inner = inner;
        this.gate = gate;
    }

    private interface Write {
        int of(ByteBuffer piece) throws IOException;
    }

    private int piece(ByteBuffer from, Write write) throws IOException {
        gate.take();
        ByteBuffer piece = from.duplicate().limit(from.position() + Math.min(from.remaining(), OwnersDisk.PIECE));
        int written = write.of(piece);
        from.position(from.position() + written);
        return written;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return piece(from, inner::write);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
        return piece(from, piece -> inner.write(piece, position));
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return inner.read(to);
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        return inner.read(to, offset, length);
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
        return inner.read(to, position);
    }

    @Override
    public long position() throws IOException {
        return inner.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        inner.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return inner.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        inner.truncate(size);
        return this;
    }

    @Override
    public void force(boolean all) throws IOException {
        inner.force(all);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel to) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    protected void implCloseChannel() throws IOException {
        inner.close();
    }
}
