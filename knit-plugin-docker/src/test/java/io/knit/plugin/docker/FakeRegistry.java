package io.knit.plugin.docker;

import io.knit.testkit.Futures;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;

/**
 * A registry on loopback, which engines may ask without TLS. (They try TLS first: a server that waits for the end of that
 * line, as the JDK's does, holds them for 10 s.) Every repository's tag {@code 1} is one image, or a list of one for each platform; others are unknown.
 */
final class FakeRegistry implements AutoCloseable {
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private static final String LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

    private static final String ACCESS = "access-1";

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    /** By their digests. */
    private final Map<String, Manifest> manifests = new ConcurrentHashMap<>();

    private final String tagged;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String credentials = "";
    private volatile String identity = "";
    private volatile Promise<Void> gate = Promise.promise();

    private volatile Promise<Void> half = Promise.promise();

    private record Manifest(String type, byte[] content) {}

    /** @param images of one platform each; of several there is a list */
    FakeRegistry(TestImage... images) throws IOException {
        gate.complete();
        half.complete();
        JsonArray all = new JsonArray();
        for (TestImage image : images) {
            byte[] manifest = manifest(image);
            all.add(blob(MANIFEST, manifest).put("platform", image.platform()));
            manifests.put(TestImage.digest(manifest), new Manifest(MANIFEST, manifest));
        }
        if (images.length > 1) {
            byte[] list = bytes(new JsonObject()
                    .put("schemaVersion", 2)
                    .put("mediaType", LIST)
                    .put("manifests", all));
            tagged = TestImage.digest(list);
            manifests.put(tagged, new Manifest(LIST, list));
        } else {
            tagged = all.getJsonObject(0).getString("digest");
        }
        server = Futures.await(
                vertx.createHttpServer().requestHandler(this::serve).listen(0, "127.0.0.1"));
    }

    private byte[] manifest(TestImage image) throws IOException {
        byte[] layer = gzip(image.layer());
        blobs.put(TestImage.digest(layer), layer);
        blobs.put(TestImage.digest(image.config()), image.config());
        return bytes(new JsonObject()
                .put("schemaVersion", 2)
                .put("mediaType", MANIFEST)
                .put("config", blob("application/vnd.docker.container.image.v1+json", image.config()))
                .put("layers", new JsonArray().add(blob("application/vnd.docker.image.rootfs.diff.tar.gzip", layer))));
    }

    private static byte[] bytes(JsonObject json) {
        return json.encode().getBytes(StandardCharsets.UTF_8);
    }

    /** Of what the tag is. */
    String digest() {
        return tagged;
    }

    /** A reference into this registry. */
    String image(String name, String tag) {
        return "127.0.0.1:" + server.actualPort() + "/" + name + ":" + tag;
    }

    /** From now on only this user may pull. */
    void demand(String user, String password) {
        credentials =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** From now on only who shows what the registry's service of tokens gives for this one may pull. */
    void demandIdentity(String token) {
        identity = token;
        credentials = "Bearer " + ACCESS;
    }

    /** From now on layers and configurations come after {@link #release}. */
    void hold() {
        gate = Promise.promise();
    }

    /** From now on the first half of each comes at once, and the other after {@link #release}. */
    void holdHalf() {
        half = Promise.promise();
    }

    void release() {
        gate.tryComplete();
        half.tryComplete();
    }

    /** How many pulls there were: each begins by asking for the API. */
    long pulls() {
        return requests.stream().filter("/v2/"::equals).count();
    }

    long manifests() {
        return requests.stream().filter(path -> path.contains("/manifests/")).count();
    }

    @Override
    public void close() {
        Futures.await(vertx.close());
    }

    private void serve(HttpServerRequest request) {
        String path = request.path();
        requests.add(path);
        String given = request.getHeader("Authorization");
        if (path.equals("/token")) {
            request.body().onSuccess(form -> token(request, form.toString(StandardCharsets.UTF_8)));
        } else if (!credentials.isEmpty() && !credentials.equals(given)) {
            String how = identity.isEmpty()
                    ? "Basic realm=\"fake\""
                    : "Bearer realm=\"http://127.0.0.1:" + server.actualPort() + "/token\",service=\"fake\"";
            request.response().putHeader("WWW-Authenticate", how);
            error(request, 401, "UNAUTHORIZED", "authentication required");
        } else if (path.equals("/v2/")) {
            answer(request, 200, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        } else if (path.endsWith("/manifests/1") || manifests.containsKey(last(path))) {
            String digest = path.endsWith("/manifests/1") ? tagged : last(path);
            Manifest manifest = Objects.requireNonNull(manifests.get(digest));
            request.response().putHeader("Docker-Content-Digest", digest);
            answer(request, 200, manifest.type(), manifest.content());
        } else if (path.contains("/blobs/")) {
            gate.future().onSuccess(open -> blob(request, last(path)));
        } else {
            error(request, 404, "MANIFEST_UNKNOWN", "manifest unknown");
        }
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** As the OAuth 2 of registries has it. */
    private void token(HttpServerRequest request, String form) {
        List<String> fields = List.of(form.split("&"));
        if (fields.containsAll(List.of("grant_type=refresh_token", "refresh_token=" + identity))) {
            JsonObject token = new JsonObject().put("access_token", ACCESS).put("expires_in", 300);
            answer(request, 200, "application/json", token.encode().getBytes(StandardCharsets.UTF_8));
        } else {
            error(request, 401, "UNAUTHORIZED", "authentication required");
        }
    }

    private void blob(HttpServerRequest request, String digest) {
        byte[] content = blobs.get(digest);
        if (content == null) {
            error(request, 404, "BLOB_UNKNOWN", "blob unknown");
        } else {
            int middle = content.length / 2;
            request.response()
                    .setStatusCode(200)
                    .putHeader("Content-Type", "application/octet-stream")
                    .putHeader("Content-Length", String.valueOf(content.length))
                    .write(Buffer.buffer(Arrays.copyOfRange(content, 0, middle)));
            half.future()
                    .onSuccess(open ->
                            request.response().end(Buffer.buffer(Arrays.copyOfRange(content, middle, content.length))));
        }
    }

    private static void error(HttpServerRequest request, int status, String code, String message) {
        JsonObject error = new JsonObject().put("code", code).put("message", message);
        byte[] body = new JsonObject()
                .put("errors", new JsonArray().add(error))
                .encode()
                .getBytes(StandardCharsets.UTF_8);
        answer(request, status, "application/json", body);
    }

    private static void answer(HttpServerRequest request, int status, String type, byte[] body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", type)
                .putHeader("Content-Length", String.valueOf(body.length));
        if (request.method().equals(HttpMethod.HEAD)) {
            request.response().end();
        } else {
            request.response().end(Buffer.buffer(body));
        }
    }

    private static JsonObject blob(String mediaType, byte[] content) {
        return new JsonObject()
                .put("mediaType", mediaType)
                .put("size", content.length)
                .put("digest", TestImage.digest(content));
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.toByteArray();
    }
}
