package io.knit.plugin.nats;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which Netty finds a buffer that was never given back. JUnit finds it by itself, for all tests of this
 * module. A buffer that becomes garbage only later fails a later class: the report says where it was made.
 */
public final class NettyLeaks implements AfterAllCallback {
    private static final LinkedBlockingQueue<String> FOUND = new LinkedBlockingQueue<>();
    private static final int ROUNDS = 2;
    private static final long PATIENCE_MILLIS = 2000;

    static {
        // before Netty's buffers ask for their detector
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Listening());
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        List<String> leaks = take();
        if (!leaks.isEmpty()) {
            throw new AssertionError("leaked: " + String.join("\n", leaks));
        }
    }

    /** What was found since it was last asked. Collects garbage first: Netty finds what is garbage and was not released. */
    static List<String> take() throws InterruptedException {
        for (int i = 0; i < ROUNDS; i++) {
            collectGarbage();
            UnpooledByteBufAllocator.DEFAULT.directBuffer(1).release(); // Netty reports when it tracks the next one
        }
        List<String> leaks = new ArrayList<>();
        FOUND.drainTo(leaks);
        return leaks;
    }

    private static void collectGarbage() throws InterruptedException {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        WeakReference<Object> garbage = new WeakReference<>(new Object(), collected);
        System.gc();
        boolean unused = collected.remove(PATIENCE_MILLIS) == garbage;
    }

    private static final class Listening extends ResourceLeakDetectorFactory {
        @Override
        @Deprecated
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval, long maxActive) {
            return newResourceLeakDetector(resource, interval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval) {
            return new Recording<>(resource, interval);
        }
    }

    private static final class Recording<T> extends ResourceLeakDetector<T> {
        Recording(Class<T> resource, int interval) {
            super(resource, interval);
        }

        @Override
        protected void reportTracedLeak(String resource, String records) {
            FOUND.add(resource + records);
        }

        @Override
        protected void reportUntracedLeak(String resource) {
            FOUND.add(resource + ": made where nobody looked");
        }
    }
}
