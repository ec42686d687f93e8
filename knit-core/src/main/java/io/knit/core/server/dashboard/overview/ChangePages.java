package io.knit.core.server.dashboard.overview;

import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentView;
import io.knit.core.server.dashboard.form.ChangeForm;
import io.knit.core.server.dashboard.form.DeployForm;
import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.knit.core.server.dashboard.frame.Frame;
import io.knit.core.server.dashboard.show.PlanView;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the page's buttons do: first they show what would happen, and only who says yes then has it done. */
public final class ChangePages {
    public static final String PLAN = "/dashboard/plan";
    public static final String CHANGE = "/dashboard/change";
    public static final String UNDEPLOY = "/dashboard/undeploy";

    /** The fields of the last. */
    public static final Set<String> UNDEPLOYED = Set.of(CsrfTokens.FIELD, "name", "revision", "volumes");

    private final Orchestrator orchestrator;
    private final Frame frame;
    private final OverviewPage overview;

    ChangePages(Orchestrator orchestrator, Frame frame, OverviewPage overview) {
        this.orchestrator = orchestrator;
        this.frame = frame;
        this.overview = overview;
    }

    void mount(Router router) {
        List.of(PLAN, CHANGE, UNDEPLOY).forEach(path -> Frame.lead(router, path, OverviewPage.PATH));
        router.post(PLAN).handler(ctx -> checked(ctx, this::plan));
        router.post(CHANGE).handler(ctx -> checked(ctx, this::change));
        router.post(UNDEPLOY).handler(ctx -> checked(ctx, this::undeploy));
    }

    @FunctionalInterface
    private interface Handler {
        void handle(RoutingContext ctx, ChangeForm form);
    }

    private void checked(RoutingContext ctx, Handler handler) {
        if (!overview.isOfThisPage(ctx, DeployForm.EMPTY)) {
            return;
        }
        ChangeForm form = ChangeForm.of(ctx.request().formAttributes());
        try {
            handler.handle(ctx, form);
        } catch (KnitException e) {
            overview.refuse(ctx, form, e);
        }
    }

    private void plan(RoutingContext ctx, ChangeForm form) {
        Command<?> command = form.command();
        Optional<DeploymentView> present =
                command instanceof Command.Present about ? orchestrator.deployment(about.name()) : Optional.empty();
        ChangeForm meant = present.map(
                        view -> form.withRevision(view.deployment().revision()))
                .orElse(form);
        orchestrator
                .plan(meant.command(), frame.caller(ctx))
                .onFailure(failure -> overview.refuse(ctx, form, failure))
                .onSuccess(plan -> {
                    Map<String, Object> model = new HashMap<>();
                    model.put("plan", PlanView.of(plan));
                    model.put("form", meant);
                    model.put("here", "");
                    frame.show(ctx, "confirm.peb", model);
                });
    }

    private void change(RoutingContext ctx, ChangeForm form) {
        Command<?> command = form.command();
        orchestrator
                .run(command, frame.caller(ctx))
                .onFailure(failure -> overview.refuse(ctx, form, failure))
                .onSuccess(done -> Frame.seeOther(ctx, OverviewPage.PATH + "?changed=" + form.name()));
    }

    /** Has a page of its own, since what it would do needs no plan. */
    private void undeploy(RoutingContext ctx, ChangeForm form) {
        boolean volumes = ctx.request().formAttributes().contains("volumes");
        orchestrator
                .run(new Command.Undeploy(form.name(), form.ifRevision(), volumes), frame.caller(ctx))
                .onFailure(failure -> overview.refuse(ctx, form, failure))
                .onSuccess(view -> Frame.seeOther(ctx, OverviewPage.PATH + "?undeployed=" + view.name()));
    }
}
