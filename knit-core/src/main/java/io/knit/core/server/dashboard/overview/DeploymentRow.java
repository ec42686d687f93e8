package io.knit.core.server.dashboard.overview;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.Deployment;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.JobRun;
import io.knit.api.model.JobSpec;
import io.knit.api.model.Mode;
import io.knit.api.model.Rollout;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.command.Policy;
import io.knit.core.server.dashboard.show.Tally;
import io.knit.core.server.dashboard.show.Tones;
import java.util.List;
import java.util.Map;

/** A deployment as the page shows it. */
record DeploymentRow(
        String name,
        String image,
        int revision,
        String status,
        String tone,
        Map<String, String> selector,
        String tally,
        boolean changes,
        Buttons buttons,
        List<InstanceRow> instances,
        int moreInstances,
        List<RunRows.Row> runs,
        List<VolumeRows.Row> volumes) {
    private static final int MAX_INSTANCES = 50;

    /** Which of a deployment's buttons are of use. */
    record Buttons(
            int replicas,
            boolean scale,
            boolean rollback,
            boolean pause,
            boolean resume,
            boolean promote,
            boolean files) {
        static Buttons of(Deployment deployment) {
            Rollout.Phase phase = deployment.rollout().phase();
            boolean held = deployment.paused() || phase == Rollout.Phase.PAUSED;
            return new Buttons(
                    deployment.spec().replicas(),
                    deployment.spec().mode() == Mode.REPLICATED,
                    deployment.revision() > 1,
                    !held,
                    held,
                    phase == Rollout.Phase.CANARY,
                    !deployment.spec().templates().isEmpty());
        }
    }

    /** @param volumes that it has */
    static DeploymentRow of(DeploymentView view, InstanceRow.Where where, List<SlotVolume> volumes, Caller visitor) {
        int revision = view.deployment().revision();
        boolean global = view.deployment().spec().mode() == Mode.GLOBAL;
        int replicas = global
                ? Tally.slots(view.instances())
                : view.deployment().spec().replicas();
        List<Instance> sorted = view.instances().stream().sorted(Tones.BY_NEED).toList();
        return new DeploymentRow(
                view.name(),
                view.deployment().spec().image(),
                revision,
                view.status().wireName() + (view.deployment().paused() ? ", paused" : ""),
                Tones.of(view.status()),
                view.deployment().spec().nodeSelector(),
                job(view, Tally.of(view.instances(), revision, replicas)),
                !view.deployment().deleting() && Policy.allows(new Command.Undeploy(view.name()), visitor),
                Buttons.of(view.deployment()),
                sorted.stream()
                        .limit(MAX_INSTANCES)
                        .map(instance -> InstanceRow.of(view.deployment(), instance, where))
                        .toList(),
                Math.max(0, sorted.size() - MAX_INSTANCES),
                RunRows.of(view.deployment()),
                VolumeRows.rows(volumes));
    }

    /** Of a job it is said how much of it is done. */
    private static String job(DeploymentView view, Tally tally) {
        JobSpec job = view.deployment().spec().job();
        JobRun run = view.deployment().run();
        if (view.deployment().spec().mode() == Mode.CRON) {
            return RunRows.next(view.deployment());
        }
        return job == null
                ? tally.toString()
                : (run == null ? 0 : run.completed().size()) + "/" + job.completions() + " completed";
    }
}
