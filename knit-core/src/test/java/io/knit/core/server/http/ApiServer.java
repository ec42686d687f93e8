package io.knit.core.server.http;

import io.knit.api.model.Node;
import io.knit.api.spi.loop.Loop;
import io.knit.core.loop.RandomIds;
import io.knit.core.loop.VertxLoop;
import io.knit.core.server.dashboard.DashboardRoutes;
import io.knit.core.server.http.access.Listening;
import io.knit.core.server.http.connection.ClientRates;
import io.knit.core.server.http.connection.HttpLimits;
import io.knit.core.server.http.contract.DocsPage;
import io.knit.core.server.image.ImagePushes;
import io.knit.core.server.meter.Meters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The real server on a free loopback port, before a fake orchestrator. */
public final class ApiServer implements AutoCloseable {
    public final FakeOrchestrator orchestrator = new FakeOrchestrator();
    public final FakeInside inside = new FakeInside();
    public final Vertx vertx = Vertx.vertx();
    public final HttpClient client = HttpClient.newHttpClient();
    public final HttpApi api;

    /** To which images may be pushed. */
    public final List<Node> imageNodes = new CopyOnWriteArrayList<>();

    /** Until when the disk stands still on which they lie meanwhile. */
    public volatile Future<Void> disk = Future.succeededFuture();

    public ApiServer() throws ExecutionException, InterruptedException, TimeoutException {
        this(HttpLimits.forHeap(1L << 30));
    }

    public ApiServer(HttpLimits limits) throws ExecutionException, InterruptedException, TimeoutException {
        this(limits, new ClientRates(ClientRates.NONE), false);
    }

    public ApiServer(HttpLimits limits, ClientRates rates)
            throws ExecutionException, InterruptedException, TimeoutException {
        this(limits, rates, false);
    }

    /** @param tokens whether everybody must show one */
    public ApiServer(HttpLimits limits, boolean tokens)
            throws ExecutionException, InterruptedException, TimeoutException {
        this(limits, new ClientRates(ClientRates.NONE), tokens);
    }

    private ApiServer(HttpLimits limits, ClientRates rates, boolean tokens)
            throws ExecutionException, InterruptedException, TimeoutException {
        Listening listening = new Listening("127.0.0.1", 0, tokens, null);
        Loop loop = new OnDisk(new VertxLoop(vertx));
        ImagePushes images = new ImagePushes(loop, inside, () -> imageNodes, Path.of("target/images"), new RandomIds());
        api = HttpApi.make(vertx, listening, orchestrator, List.of(), inside, images, limits, rates, new Meters())
                .compose(HttpApi::listen)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    /** All there are, by method and path as the router has them; {@code HEAD} is as {@code GET}. */
    public static Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        for (Map<String, String> paths : List.of(Routes.PATHS, DashboardRoutes.PATHS, DocsPage.PATHS)) {
            paths.forEach((path, methods) -> Arrays.stream(methods.split(", "))
                    .filter(method -> !method.equals("HEAD"))
                    .forEach(method -> routes.add(method + " " + path)));
        }
        return routes;
    }

    public String url(String path) {
        return "http://127.0.0.1:" + api.port() + path;
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(20));
    }

    /** The request's own timeout ends with the answer's head; an answer without end must not hold a test for ever. */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest built = request.build();
        try {
            return client.sendAsync(built, BodyHandlers.ofString()).get(30, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no end of the answer to " + built.uri() + " within 30 s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    public HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    @Override
    public void close() {
        api.close()
                .eventually(() -> vertx.close())
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
    }

    private final class OnDisk implements Loop {
        private final Loop loop;

        OnDisk(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void execute(Runnable task) {
            loop.execute(task);
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            return loop.after(delay, task);
        }

        @Override
        public <T> Future<T> blocking(Callable<T> work) {
            return disk.compose(moves -> loop.blocking(work));
        }

        @Override
        public Instant now() {
            return loop.now();
        }

        @Override
        public Duration elapsed() {
            return loop.elapsed();
        }
    }
}
