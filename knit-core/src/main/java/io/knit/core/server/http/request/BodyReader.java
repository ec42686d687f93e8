package io.knit.core.server.http.request;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.http.connection.HttpLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Reads the bodies of all requests out of one budget. A body that brings nothing is given up after a while; where the budget is
 * used up, the one that has been coming the longest makes room, so that bodies which somebody holds back never keep out one that
 * comes at once. A body counts until its answer is sent, since what was made of it lives until then. Lives on the HTTP server's
 * context.
 */
public final class BodyReader {
    private static final String BODY = "knit.body";
    private static final String READING = "knit.reading";
    private static final Set<String> GZIP = Set.of("gzip", "x-gzip");
    private static final byte[] NONE = {};

    private final Vertx vertx;
    private final HttpLimits limits;
    /** Oldest first. */
    private final Set<Reading> coming = new LinkedHashSet<>();

    private volatile long held;

    public BodyReader(Vertx vertx, HttpLimits limits) {
        this.vertx = vertx;
        this.limits = limits;
    }

    /** The whole body, unpacked; empty if there was none. */
    public static byte[] of(RoutingContext ctx) {
        byte[] body = ctx.get(BODY);
        return body == null ? NONE : body;
    }

    /** The body is read, and its answer may take long: others get its room. */
    public static void letGo(RoutingContext ctx) {
        Reading reading = ctx.remove(READING);
        if (reading != null) {
            ctx.remove(BODY);
            reading.release();
        }
    }

    /** Bytes of bodies under way, for {@code /metrics}; from any thread. */
    public long held() {
        return held;
    }

    public void read(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        if (isWebSocket(request)) {
            ctx.next();
            return;
        }
        if (declared(request) > HttpLimits.MAX_BODY) {
            throw tooLarge();
        }
        boolean packed = packed(request);
        String expect = request.getHeader("Expect");
        if (expect != null && expect.equalsIgnoreCase("100-continue") && request.version() != HttpVersion.HTTP_1_0) {
            ctx.response().writeContinue();
        }
        Reading reading = new Reading(ctx, packed);
        request.exceptionHandler(reading::brokeOff);
        request.handler(reading::piece);
        request.endHandler(end -> reading.end());
    }

    /** One that was read can't become one any more. */
    public static boolean isWebSocket(HttpServerRequest request) {
        return request.method() == HttpMethod.GET && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    private static long declared(HttpServerRequest request) {
        String length = request.getHeader("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE, "the Content-Length is not a number; give the body's length in bytes", e);
        }
    }

    private static boolean packed(HttpServerRequest request) {
        String encoding = String.join(", ", request.headers().getAll("Content-Encoding"))
                .strip()
                .toLowerCase(Locale.ROOT);
        if (encoding.isEmpty() || encoding.equals("identity")) {
            return false;
        }
        if (GZIP.contains(encoding)) {
            return true;
        }
        request.response().putHeader("Accept-Encoding", "gzip");
        throw new KnitException(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                "the Content-Encoding is " + Pointers.quoted(encoding) + "; send the body as it is, or with gzip");
    }

    private static KnitException tooLarge() {
        return new KnitException(
                ErrorCode.TOO_LARGE, "the body is larger than 1 MiB; send a smaller one, and large files in the image");
    }

    private boolean reserve(int bytes, Reading wanting) {
        while (held + bytes > limits.bodyBytes()) {
            Iterator<Reading> oldest = coming.iterator();
            Reading first = oldest.hasNext() ? oldest.next() : wanting;
            if (first == wanting) {
                return false;
            }
            first.refuse(busy());
        }
        held += bytes;
        return true;
    }

    private KnitException busy() {
        return new KnitException(
                ErrorCode.BUSY,
                "request bodies of " + (limits.bodyBytes() >> 20)
                        + " MiB are under way, which is all the server has room for, and this one is the slowest of them;"
                        + " send it again in a moment, all at once");
    }

    /** One body. */
    private final class Reading {
        private final RoutingContext ctx;
        private final boolean packed;
        private Buffer body = Buffer.buffer();
        private int reserved;
        private int seen;
        private long timer = -1;
        private boolean done;

        Reading(RoutingContext ctx, boolean packed) {
            this.ctx = ctx;
            this.packed = packed;
            if (declared(ctx.request()) > 0 || ctx.request().headers().contains("Transfer-Encoding")) {
                coming.add(this);
                watch();
            }
        }

        void piece(Buffer piece) {
            if (done) {
                return;
            }
            if (body.length() + piece.length() > HttpLimits.MAX_BODY) {
                refuse(tooLarge());
            } else if (take(piece.length())) {
                body.appendBuffer(piece);
            }
        }

        /** Refuses the request if there is no room. */
        private boolean take(int bytes) {
            if (!reserve(bytes, this)) {
                refuse(busy());
                return false;
            }
            reserved += bytes;
            return true;
        }

        void end() {
            if (done) {
                return;
            }
            stop();
            ctx.put(READING, this);
            ctx.addEndHandler(ended -> release());
            try {
                ctx.put(BODY, packed ? unpacked() : body.getBytes());
                body = Buffer.buffer();
                Form.read(ctx.request(), of(ctx));
            } catch (KnitException e) {
                ctx.fail(e);
                return;
            }
            ctx.next();
        }

        private byte[] unpacked() {
            byte[] plain = Gzip.unpack(body.getBytes(), HttpLimits.MAX_BODY);
            if (!reserve(plain.length, this)) {
                throw busy();
            }
            reserved += plain.length;
            return plain;
        }

        /** The connection ended or what came is not HTTP: whether anybody hears the answer or not. */
        void brokeOff(Throwable why) {
            if (!done) {
                refuse(new KnitException(
                        ErrorCode.INVALID_VALUE,
                        "the body broke off or is not encoded as its headers say; check the Transfer-Encoding and send it again",
                        why));
                ctx.request().connection().close();
            }
        }

        void refuse(KnitException why) {
            stop();
            release();
            body = Buffer.buffer();
            ctx.fail(why);
        }

        private void stop() {
            done = true;
            coming.remove(this);
            vertx.cancelTimer(timer);
        }

        private void release() {
            held -= reserved;
            reserved = 0;
        }

        private void watch() {
            timer = vertx.setTimer(limits.patience().toMillis(), late -> {
                if (body.length() - seen < limits.bodyProgress()) {
                    refuse(new KnitException(
                            ErrorCode.TOO_SLOW,
                            "no more than " + (body.length() - seen) + " bytes of the body came in "
                                    + limits.patience().toSeconds()
                                    + " s; check the Content-Length and the connection, and send it again"));
                } else {
                    seen = body.length();
                    watch();
                }
            });
        }
    }
}
