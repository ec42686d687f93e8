package io.knit.core.server.dashboard.overview;

import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.core.server.dashboard.form.DeployForm;
import io.knit.core.server.dashboard.form.FormErrors;
import io.knit.core.server.dashboard.form.FormReader;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.dashboard.render.RenderPages;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code /dashboard/deploy}: what the deploy form's buttons do. */
public final class DeployPages {
    public static final String PATH = "/dashboard/deploy";

    private final Orchestrator orchestrator;
    private final Frame frame;
    private final OverviewPage overview;

    DeployPages(Orchestrator orchestrator, Frame frame, OverviewPage overview) {
        this.orchestrator = orchestrator;
        this.frame = frame;
        this.overview = overview;
    }

    void mount(Router router) {
        Frame.lead(router, PATH, OverviewPage.PATH);
        router.post(PATH).handler(this::deploy);
    }

    private void deploy(RoutingContext ctx) {
        DeployForm form = DeployForm.of(ctx.request().formAttributes());
        if (!overview.isOfThisPage(ctx, form)) {
            return;
        }
        if (isPressed(ctx, "more")) {
            overview.again(ctx, 200, form.withOneMoreTemplate(), FormErrors.none());
        } else if (isPressed(ctx, "edit")) {
            overview.again(ctx, 200, form, FormErrors.none());
        } else {
            try {
                if (isPressed(ctx, "show")) {
                    render(ctx, form);
                } else {
                    run(ctx, form);
                }
            } catch (KnitException e) {
                overview.refuse(ctx, form, e);
            }
        }
    }

    private static boolean isPressed(RoutingContext ctx, String button) {
        return ctx.request().getFormAttribute(button) != null;
    }

    private void run(RoutingContext ctx, DeployForm form) {
        orchestrator
                .run(new Command.Deploy(FormReader.read(form)), frame.caller(ctx))
                .onSuccess(view -> Frame.seeOther(ctx, OverviewPage.PATH + "?deployed=" + view.name()))
                .onFailure(failure -> overview.refuse(ctx, form, failure));
    }

    private void render(RoutingContext ctx, DeployForm form) {
        orchestrator
                .render(FormReader.read(form), null, frame.caller(ctx))
                .onSuccess(rendering -> RenderPages.show(frame, ctx, rendering, form, ""))
                .onFailure(failure -> overview.refuse(ctx, form, failure));
    }
}
