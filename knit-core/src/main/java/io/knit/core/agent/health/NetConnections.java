package io.knit.core.agent.health;

import io.knit.api.model.HttpCheck;
import io.knit.api.model.TcpCheck;
import io.knit.api.spi.Durations;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetClient;
import java.net.ConnectException;
import java.time.Duration;

/** Checks by Vert.x. A connection for each: what it is about is whether a new one comes about. Thread-safe. */
public final class NetConnections implements Reach {
    private static final int CONNECT_MILLIS = 60_000;

    private final Vertx vertx;
    private final HttpClient http;
    private final NetClient net;

    public NetConnections(Vertx vertx) {
        this.vertx = vertx;
        this.http = vertx.createHttpClient(new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(CONNECT_MILLIS)
                .setMaxHeaderSize(32 * 1024));
        this.net = vertx.createNetClient();
    }

    @Override
    public Future<Outcome> http(String address, HttpCheck check, Duration timeout) {
        String what = "GET :" + check.port() + check.path();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setHost(address)
                .setPort(check.port())
                .setURI(check.path())
                .setFollowRedirects(false);
        options.putHeader("User-Agent", "knit");
        check.headers().forEach(options::putHeader);
        Promise<Outcome> done = promise(what, timeout);
        http.request(options)
                .compose(request -> {
                    // whoever ends it, its connection ends with it: the body is nobody's business
                    done.future().onComplete(any -> request.reset());
                    request.exceptionHandler(ignored -> {});
                    return done.future().isComplete() ? Future.failedFuture("late") : request.send();
                })
                // it is reset before its end, and that is no news
                .onSuccess(response -> response.exceptionHandler(ignored -> {}))
                .onSuccess(response -> done.tryComplete(
                        isWell(response.statusCode(), check.status())
                                ? Outcome.WELL
                                : new Outcome(what + " answered " + response.statusCode())))
                .onFailure(why -> done.tryComplete(new Outcome(what + ": " + words(why))));
        return done.future();
    }

    @Override
    public Future<Outcome> tcp(String address, TcpCheck check, Duration timeout) {
        String what = "port " + check.port();
        Promise<Outcome> done = promise(what, timeout);
        net.connect(check.port(), address)
                .onSuccess(socket -> {
                    done.tryComplete(Outcome.WELL);
                    socket.close();
                })
                .onFailure(why -> done.tryComplete(new Outcome(what + ": " + words(why))));
        return done.future();
    }

    private Promise<Outcome> promise(String what, Duration timeout) {
        Promise<Outcome> done = Promise.promise();
        long timer = vertx.setTimer(
                Math.max(1, timeout.toMillis()),
                fired -> done.tryComplete(new Outcome(what + " did not answer within " + Durations.text(timeout))));
        done.future().onComplete(any -> vertx.cancelTimer(timer));
        return done;
    }

    private static boolean isWell(int status, String range) {
        int least = Integer.parseInt(range.substring(0, 3));
        int most = range.length() > 3 ? Integer.parseInt(range.substring(4)) : least;
        return status >= least && status <= most;
    }

    private static String words(Throwable why) {
        if (why instanceof ConnectException) {
            return "connection refused";
        }
        String message = why.getMessage();
        return message == null ? why.getClass().getSimpleName() : message;
    }
}
