package io.knit.core.server.dashboard;

import io.knit.api.Orchestrator;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.image.NodeImages;
import io.knit.core.wire.image.ImagesAsked;
import io.vertx.core.Context;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /dashboard/images}: pushes an image to nodes, and has those removed that nothing uses, once it was shown which. */
final class ImagePages {
    static final String PATH = "/dashboard/images";
    static final String PUSH = PATH + "/push";

    private static final Logger LOG = LoggerFactory.getLogger(ImagePages.class);

    private final Orchestrator orchestrator;
    private final Dashboard dashboard;
    private final NodeImages images;
    private final Dashboard.Streams streams;

    ImagePages(Orchestrator orchestrator, Dashboard dashboard, NodeImages images, Dashboard.Streams streams) {
        this.orchestrator = orchestrator;
        this.dashboard = dashboard;
        this.images = images;
        this.streams = streams;
    }

    void mount(Router router) {
        Dashboard.get(router, PATH, ctx -> page(ctx, 200, ImageForm.NONE, List.of(), ImageOutcome.NONE));
        router.post(PATH).handler(this::post);
        // where a push leaves the browser; somebody may open that address again
        Dashboard.get(router, PUSH, ctx -> ctx.redirect(PATH));
        router.post(PUSH).handler(this::push);
    }

    private void push(RoutingContext ctx) {
        dashboard.requireGiven(ctx);
        ImageForm form = ImageForm.of(ctx.request().formAttributes());
        streams.push(
                ctx,
                form.image(),
                form.meant(),
                pushed -> page(ctx, 200, ImageForm.NONE, List.of(), ImageOutcome.of(pushed)));
    }

    private void post(RoutingContext ctx) {
        ImageForm form = ImageForm.of(ctx.request().formAttributes());
        if (!dashboard.isGiven(ctx)) {
            page(ctx, 403, form, List.of(Dashboard.OLD_PAGE), ImageOutcome.NONE);
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
                    "{} has images removed that nothing uses",
                    dashboard.caller(ctx).name());
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
        if (failure instanceof KnitException expected && expected.code().kind() != ErrorKind.INTERNAL) {
            List<String> words = Refusals.of(expected).stream()
                    .map(refusal -> "Nothing was done: " + refusal.getMessage())
                    .toList();
            page(ctx, Dashboard.status(expected), form, words, ImageOutcome.NONE);
        } else {
            ctx.fail(failure);
        }
    }

    private void page(RoutingContext ctx, int status, ImageForm form, List<String> errors, ImageOutcome outcome) {
        Map<String, Object> model = new HashMap<>();
        model.put("form", form);
        model.put("errors", errors);
        model.put("outcome", outcome);
        model.put("nodes", ImageOutcome.nodes(orchestrator.snapshot()));
        model.put("moreNodes", Math.max(0, orchestrator.snapshot().nodes().size() - ImageOutcome.SHOWN));
        model.put("here", PATH);
        dashboard.show(ctx, status, "images.peb", model);
    }
}
