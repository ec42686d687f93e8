package io.knit.bench.relay;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One way to the same containers: one sends zeros to who connects until all are sent, one says back what it hears.
 *
 * @param pours where the first one is
 * @param echoes where the other one is
 */
record Reached(InetSocketAddress pours, InetSocketAddress echoes) {
    private static final int MESSAGE = 128;
    private static final int PATIENCE_MILLIS = 30_000;

    private static Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket();
        socket.connect(to, PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Megabytes in a second over so many connections at once. */
    double throughput(int connections) throws InterruptedException {
        AtomicLong all = new AtomicLong();
        List<Thread> readers = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < connections; i++) {
            Thread reader = new Thread(() -> all.addAndGet(drain()));
            reader.start();
            readers.add(reader);
        }
        for (Thread reader : readers) {
            reader.join();
        }
        return all.get() / 1e6 / ((System.nanoTime() - began) / 1e9);
    }

    private long drain() {
        byte[] piece = new byte[256 * 1024];
        long all = 0;
        try (Socket socket = connect(pours)) {
            for (int read = 0; read >= 0; read = socket.getInputStream().read(piece)) {
                all += read;
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Milliseconds until a short message is back, on one connection. */
    double[] roundTrips(int count) throws IOException {
        double[] millis = new double[count];
        byte[] message = new byte[MESSAGE];
        try (Socket socket = connect(echoes)) {
            OutputStream out = socket.getOutputStream();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int i = -count / 4; i < count; i++) {
                long began = System.nanoTime();
                out.write(message);
                in.readFully(message);
                if (i >= 0) {
                    millis[i] = (System.nanoTime() - began) / 1e6;
                }
            }
        }
        return millis;
    }

    /** The same on a connection for each message, from before it is made until it is over. */
    double[] connections(int count) throws IOException {
        double[] millis = new double[count];
        byte[] message = new byte[MESSAGE];
        for (int i = -count / 4; i < count; i++) {
            long began = System.nanoTime();
            try (Socket socket = connect(echoes)) {
                socket.getOutputStream().write(message);
                new DataInputStream(socket.getInputStream()).readFully(message);
            }
            if (i >= 0) {
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
        }
        return millis;
    }
}
