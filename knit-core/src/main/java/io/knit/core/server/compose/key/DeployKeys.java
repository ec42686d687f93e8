package io.knit.core.server.compose.key;

import io.knit.core.server.compose.key.ComposeKey.Fate;
import java.util.List;

/** The keys of a service's {@code deploy}. */
final class DeployKeys {
    static final List<ComposeKey> ALL = List.of(
            taken("", "see below"),
            taken("mode", "`mode`: `replicated`, `global`, `replicated-job` (as `job`); `global-job` is refused"),
            taken("replicas", "`replicas`; of a job `job.completions`"),
            taken("labels", "`labels` of the container, with a remark: a deployment has none of its own"),
            remarked("endpoint_mode", "no address stands for all instances", "leave it out"),
            taken("placement", "see below"),
            taken(
                    "placement.constraints",
                    "`constraints`: `node.labels.KEY`, `node.hostname`, `node.id`, `node.platform.os`, `node.platform.arch` with `==` and `!=`; others are refused"),
            taken("placement.preferences", "`spread_by`, one of them"),
            taken("placement.preferences.spread", "`node.labels.KEY`"),
            taken("placement.max_replicas_per_node", "`max_per_node`"),
            taken("resources", "`resources`"),
            taken("resources.limits", "see below"),
            taken("resources.limits.cpus", "`cpu`, which is reserved, too"),
            taken("resources.limits.memory", "`memory_max`"),
            taken("resources.limits.pids", "`pids`"),
            taken("resources.reservations", "see below"),
            taken("resources.reservations.cpus", "`cpu`, if no more than the limit: as much as the limit is reserved"),
            taken("resources.reservations.memory", "`memory`, with a limit"),
            refused(
                    "resources.reservations.generic_resources",
                    "nodes have no counted things of other kinds",
                    "label the nodes that have it, and write placement.constraints"),
            taken("resources.reservations.devices", "`gpus`"),
            taken("resources.reservations.devices.capabilities", "`gpu` and what goes with it; others are refused"),
            taken("resources.reservations.devices.count", "how many; `all` is refused"),
            taken("resources.reservations.devices.driver", "`nvidia`"),
            refused(
                    "resources.reservations.devices.device_ids",
                    "which ones is the node's choice",
                    "write count: with how many"),
            refused("resources.reservations.devices.options", "accelerators are given whole", "leave it out"),
            taken("restart_policy", "`restart`"),
            taken("restart_policy.condition", "`condition`: `none`, `on-failure`, `any`"),
            taken("restart_policy.delay", "`delay`"),
            taken("restart_policy.max_attempts", "`attempts`"),
            taken("restart_policy.window", "`window`"),
            taken("update_config", "`update`"),
            taken("update_config.parallelism", "`max_parallel`; 0 is all"),
            taken("update_config.delay", "`min_healthy`, the longer of it and `monitor`"),
            taken("update_config.monitor", "`min_healthy`, the longer of it and `delay`"),
            taken("update_config.failure_action", "`on_failure`; `pause` unless given"),
            taken("update_config.max_failure_ratio", "`max_failures`, of its replicas"),
            taken("update_config.order", "`order`; `stop_first` unless given"),
            remarked(
                    "rollback_config",
                    "what goes back does so in all slots at once, and what still runs by the older revision is kept",
                    ""));

    private DeployKeys() {}

    private static ComposeKey taken(String key, String as) {
        return of(key, Fate.TAKEN, as, "");
    }

    private static ComposeKey remarked(String key, String why, String instead) {
        return of(key, Fate.REMARKED, why, instead);
    }

    private static ComposeKey refused(String key, String why, String instead) {
        return of(key, Fate.REFUSED, why, instead);
    }

    private static ComposeKey of(String key, Fate fate, String words, String instead) {
        return new ComposeKey("services.*.deploy" + (key.isEmpty() ? "" : "." + key), fate, words, instead);
    }
}
