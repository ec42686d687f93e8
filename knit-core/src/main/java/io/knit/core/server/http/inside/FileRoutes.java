package io.knit.core.server.http.inside;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import io.knit.core.server.admission.Pointers;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;
import io.knit.core.server.http.access.Gate;
import io.knit.core.server.http.answer.Answers;
import io.knit.core.server.inside.Inside;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.asked.VolumeAsked;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.streams.ReadStream;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code GET} and {@code PUT} of {@code /instances/{id}/files} and {@code /volumes/…/snapshot}: all copies under way. Lives on the HTTP server's context. */
public final class FileRoutes {
    public static final String PATH = "/instances/:id/files";

    public static final Set<String> PARAMETERS = Set.of("path");

    public static final String SNAPSHOT = "/volumes/:deployment/:slot/:name/snapshot";

    public static final Set<String> OF_SNAPSHOT = Set.of("node");

    /** As long as Linux takes one. */
    private static final int LONGEST_PATH = 4096;

    private final Vertx vertx;
    private final Context context;
    private final Orchestrator orchestrator;
    private final Inside inside;
    private final Answers answers;
    private final Consumer<HttpServerRequest> waits;
    private final Set<FileCopy> open = new LinkedHashSet<>();

    /** @param waits is told of each request on which nothing may move for a while */
    public FileRoutes(
            Vertx vertx,
            Context context,
            Orchestrator orchestrator,
            Inside inside,
            Answers answers,
            Consumer<HttpServerRequest> waits) {
        this.orchestrator = orchestrator;
        this.vertx = vertx;
        this.context = context;
        this.inside = inside;
        this.answers = answers;
        this.waits = waits;
    }

    public void mount(Router router) {
        router.get(PATH).handler(ctx -> files(ctx, StreamRequest.COPY_OUT));
        router.get(SNAPSHOT).handler(ctx -> snapshot(ctx, response -> {}));
    }

    /** Comes before whoever reads bodies: this one is never whole here. */
    public void mountIntake(Router router) {
        router.put(PATH).handler(ctx -> files(ctx, StreamRequest.COPY_IN));
        router.put(SNAPSHOT).handler(ctx -> restore(ctx, ctx.request(), FileCopy.Heads.PLAIN));
    }

    private void files(RoutingContext ctx, String kind) {
        String instance = ctx.pathParam("id");
        Policy.check(
                Right.DEPLOY,
                Gate.caller(ctx),
                inside.deploymentOf(instance).orElse(null),
                "copy files of instance " + instance);
        ReadStream<Buffer> body = kind.equals(StreamRequest.COPY_IN) ? ctx.request() : null;
        open(ctx, "", StreamRequest.ofFiles(kind, instance, path(ctx)), body, FileCopy.Heads.PLAIN);
    }

    /**
     * Answers with what is in the volume that the path names, as a tar.
     *
     * @param comes says of the answer what else is to be said; only where there is something to send
     */
    public void snapshot(RoutingContext ctx, Consumer<HttpServerResponse> comes) {
        SlotVolume volume = volume(ctx).volume();
        FileCopy.Heads heads = new FileCopy.Heads(comes, response -> {});
        open(ctx, volume.node(), StreamRequest.ofVolume(StreamRequest.VOLUME_OUT, VolumeAsked.of(volume)), null, heads);
    }

    /**
     * Restores the volume that the path names from a tar.
     *
     * @param body the tar, of which nothing was taken yet
     * @param taken says of the answer what is to be said once it is done
     */
    public void restore(RoutingContext ctx, ReadStream<Buffer> body, Consumer<HttpServerResponse> taken) {
        restore(ctx, body, new FileCopy.Heads(response -> {}, taken));
    }

    private void restore(RoutingContext ctx, ReadStream<Buffer> body, FileCopy.Heads heads) {
        VolumeView view = volume(ctx);
        SlotVolume volume = view.volume();
        String user = view.user();
        if (user != null) {
            // who shares the volume is another's
            String deployment = inside.deploymentOf(user).orElse(volume.deployment());
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "the volume \"" + volume.name() + "\" of slot " + volume.slot() + " on " + volume.node()
                            + " is had by " + user + ", which is wanted; scale " + deployment
                            + " to 0 or undeploy it, and restore then. Nothing was changed");
        }
        if (view.move() != null) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "the volume \"" + volume.name() + "\" of slot " + volume.slot() + " on " + volume.node()
                            + " is part of a move; wait until that is over, or cancel it, and restore then. Nothing was changed");
        }
        if (volume.removing() != null) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "the volume \"" + volume.name() + "\" of slot " + volume.slot() + " on " + volume.node()
                            + " is to go; nothing is restored into it");
        }
        if ("0".equals(ctx.request().getHeader("Content-Length"))) {
            // before a node makes room for it, for which the next one would have to wait
            throw FileCopy.empty();
        }
        open(ctx, volume.node(), StreamRequest.ofVolume(StreamRequest.VOLUME_IN, VolumeAsked.of(volume)), body, heads);
    }

    private VolumeView volume(RoutingContext ctx) {
        return orchestrator.volume(
                ctx.pathParam("deployment"),
                ctx.pathParam("slot"),
                ctx.pathParam("name"),
                ctx.request().getParam("node"),
                Gate.caller(ctx));
    }

    /** @param body the tar that goes in; null: one comes out */
    private void open(
            RoutingContext ctx,
            String node,
            StreamRequest request,
            @Nullable ReadStream<Buffer> body,
            FileCopy.Heads heads) {
        FileCopy[] self = new FileCopy[1];
        FileCopy copy =
                new FileCopy(vertx, context, answers, ctx, body, heads, Gate.standing(ctx), () -> open.remove(self[0]));
        self[0] = copy;
        open.add(copy);
        waits.accept(ctx.request());
        if (body != null) {
            body.pause();
        }
        copy.opens(inside.open(node, request, copy));
    }

    private static String path(RoutingContext ctx) {
        String path = ctx.request().getParam("path");
        if (path == null || !path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE,
                    "the parameter path is " + (path == null ? "missing" : Pointers.quoted(path))
                            + "; give an absolute path in the container, as /etc/hosts");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw new KnitException(
                    ErrorCode.INVALID_VALUE, "the parameter path is longer than " + LONGEST_PATH + " bytes");
        }
        return path;
    }

    /** Ends all, in words. */
    public void close() {
        KnitException why = new KnitException(ErrorCode.CLOSED, "the server was stopped; copy again");
        new ArrayList<>(open).forEach(copy -> copy.fail(why));
    }
}
