package io.knit.core.server.dashboard;

import io.knit.api.Orchestrator;
import io.knit.api.command.Command;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentView;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the page's buttons do: first they show what would happen, and only who says yes then has it done. */
final class ChangePages {
    private final Orchestrator orchestrator;
    private final Dashboard dashboard;

    ChangePages(Orchestrator orchestrator, Dashboard dashboard) {
        this.orchestrator = orchestrator;
        this.dashboard = dashboard;
    }

    void mount(Router router) {
        router.post("/dashboard/plan").handler(ctx -> checked(ctx, this::plan));
        router.post("/dashboard/change").handler(ctx -> checked(ctx, this::change));
        router.post("/dashboard/undeploy").handler(ctx -> checked(ctx, this::undeploy));
    }

    @FunctionalInterface
    private interface Handler {
        void handle(RoutingContext ctx, ChangeForm form);
    }

    private void checked(RoutingContext ctx, Handler handler) {
        if (!dashboard.isOfThisPage(ctx)) {
            return;
        }
        ChangeForm form = ChangeForm.of(ctx.request().formAttributes());
        try {
            handler.handle(ctx, form);
        } catch (KnitException e) {
            dashboard.refuse(ctx, form, e);
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
                .plan(meant.command(), dashboard.caller(ctx))
                .onFailure(failure -> dashboard.refuse(ctx, form, failure))
                .onSuccess(plan -> {
                    Map<String, Object> model = new HashMap<>();
                    model.put("plan", PlanView.of(plan));
                    model.put("form", meant);
                    dashboard.show(ctx, "confirm.peb", model);
                });
    }

    private void change(RoutingContext ctx, ChangeForm form) {
        Command<?> command = form.command();
        orchestrator
                .run(command, dashboard.caller(ctx))
                .onFailure(failure -> dashboard.refuse(ctx, form, failure))
                .onSuccess(done -> Dashboard.seeOther(ctx, "changed=" + form.name()));
    }

    /** Has a page of its own, since what it would do needs no plan. */
    private void undeploy(RoutingContext ctx, ChangeForm form) {
        boolean volumes = ctx.request().formAttributes().contains("volumes");
        orchestrator
                .run(new Command.Undeploy(form.name(), form.ifRevision(), volumes), dashboard.caller(ctx))
                .onFailure(failure -> dashboard.refuse(ctx, form, failure))
                .onSuccess(view -> Dashboard.seeOther(ctx, "undeployed=" + view.name()));
    }
}
