package io.knit.core.server.dashboard.image;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.image.NodeImages;
import io.knit.core.server.image.Pushed;
import io.knit.core.wire.image.ImagesAsked;
import io.vertx.core.Context;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /dashboard/images}: pushes an image to nodes, and has those removed that nothing uses, once it was shown which. */
public final class ImagePages {
    public static final String PATH = "/dashboard/images";
    public static final String PUSH = PATH + "/push";

    private static final Logger LOG = LoggerFactory.getLogger(ImagePages.class);

    private final Orchestrator orchestrator;
    private final Frame frame;
    private final NodeImages images;
    private final Pushing pushing;

    /** Takes an image in pieces. */
    @FunctionalInterface
    public interface Pushing {
        /**
         * Pushes the form's file; answers by itself where it fails.
         *
         * @param nodes by their ids; none: all that can take it
         * @param answer what became of it
         */
        void push(RoutingContext ctx, String image, List<String> nodes, Consumer<Pushed> answer);
    }

    public ImagePages(Orchestrator orchestrator, Frame frame, NodeImages images, Pushing pushing) {
        this.orchestrator = orchestrator;
        this.frame = frame;
        this.images = images;
        this.pushing = pushing;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, ctx -> page(ctx, 200, ImageForm.NONE, List.of(), ImageOutcome.NONE));
        router.post(PATH).handler(this::post);
        Frame.lead(router, PUSH, PATH);
        router.post(PUSH).handler(this::push);
    }

    private void push(RoutingContext ctx) {
        frame.requireGiven(ctx);
        ImageForm form = ImageForm.of(ctx.request().formAttributes());
        pushing.push(
                ctx,
                form.image(),
                form.meant(),
                pushed -> page(ctx, 200, ImageForm.NONE, List.of(), ImageOutcome.of(pushed)));
    }

    private void post(RoutingContext ctx) {
        ImageForm form = ImageForm.of(ctx.request().formAttributes());
        if (!frame.isGiven(ctx)) {
            page(ctx, 403, form, List.of(Frame.OLD_PAGE), ImageOutcome.NONE);
            return;
        }
        try {
            switch (form.action()) {
                case "look" -> prune(ctx, form, true);
                case "prune" -> prune(ctx, form, false);
                default ->
                    throw new KnitException(ErrorCode.INVALID_VALUE, "the page has no such button; open it anew");
            }
        } catch (KnitException e) {
            refuse(ctx, form, e);
        }
    }

    private void prune(RoutingContext ctx, ImageForm form, boolean dryRun) {
        Context context = ctx.vertx().getOrCreateContext();
        NodeImages.Asking asking = images.ask(form.meant(), new ImagesAsked(true, form.pushed(), dryRun));
        if (!dryRun) {
            LOG.info(
                    "{} has images removed that nothing uses", frame.caller(ctx).name());
        }
        asking.said()
                .onComplete(said -> context.runOnContext(now -> {
                    if (said.succeeded()) {
                        page(ctx, 200, form, List.of(), ImageOutcome.of(said.result(), dryRun));
                    } else {
                        refuse(ctx, form, said.cause());
                    }
                }));
    }

    private void refuse(RoutingContext ctx, ImageForm form, Throwable failure) {
        Frame.refuse(ctx, failure, expected -> {
            List<String> words = Refusals.of(expected).stream()
                    .map(refusal -> "Nothing was done: " + refusal.getMessage())
                    .toList();
            page(ctx, Frame.status(expected), form, words, ImageOutcome.NONE);
        });
    }

    private void page(RoutingContext ctx, int status, ImageForm form, List<String> errors, ImageOutcome outcome) {
        Map<String, Object> model = new HashMap<>();
        model.put("form", form);
        model.put("errors", errors);
        model.put("outcome", outcome);
        model.put("nodes", ImageOutcome.nodes(orchestrator.snapshot()));
        model.put("moreNodes", Math.max(0, orchestrator.snapshot().nodes().size() - ImageOutcome.SHOWN));
        model.put("here", PATH);
        frame.show(ctx, status, "images.peb", model);
    }
}
