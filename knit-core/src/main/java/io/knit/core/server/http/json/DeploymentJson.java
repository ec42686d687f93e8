package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PullProgress;
import io.knit.api.model.Rollout;
import io.knit.core.spec.SpecJson;
import java.util.List;
import java.util.Locale;

/** A deployment as the API shows it: everything of the spec but its secrets. */
public final class DeploymentJson {
    private DeploymentJson() {}

    public static ObjectNode of(DeploymentView view) {
        ObjectNode json = Json.object();
        json.put("name", view.name());
        json.put("revision", view.deployment().revision());
        json.put("status", view.status().wireName());
        if (view.problem() != null) {
            json.put("problem", view.problem());
        }
        json.put("paused", view.deployment().paused());
        json.put("healthy", view.healthy());
        json.set("rollout", rollout(view.deployment().rollout()));
        if (view.deployment().run() != null) {
            json.set("job", run(view.deployment().run()));
        }
        if (view.deployment().cron() != null) {
            json.set("cron", CronJson.of(view.deployment(), view.deployment().cron()));
        }
        json.set("spec", SpecJson.of(view.deployment().spec()));
        json.put("created_at", view.deployment().createdAt().toString());
        json.put("updated_at", view.deployment().updatedAt().toString());
        ArrayNode instances = json.putArray("instances");
        view.instances().forEach(instance -> instances.add(instance(instance)));
        return json;
    }

    static ObjectNode rollout(Rollout rollout) {
        ObjectNode json = Json.object();
        json.put("phase", rollout.phase().wireName());
        json.put("from", rollout.from());
        json.put("moved", rollout.moved());
        json.put("failures", rollout.failures());
        json.put("healthy_revision", rollout.healthy());
        json.put("since", rollout.since().toString());
        json.put("reason", rollout.reason());
        return json;
    }

    static ObjectNode run(JobRun run) {
        ObjectNode json = Json.object();
        json.put("phase", run.phase().wireName());
        json.put("revision", run.revision());
        json.put("completed", run.completed().size());
        json.put("failures", run.failures());
        json.put("since", run.since().toString());
        json.put("reason", run.reason());
        ArrayNode ended = json.putArray("ended");
        run.ended()
                .forEach(by -> ended.addObject().put("instance", by.instance()).put("node", by.node()));
        return json;
    }

    static ObjectNode instance(Instance instance) {
        ObjectNode json = Json.object();
        json.put("id", instance.id());
        json.put("slot", instance.slot());
        if (instance.key() != null) {
            json.put("key", instance.key());
        }
        json.put("revision", instance.revision());
        json.put("state", instance.shown().wireName());
        json.put("node", instance.node());
        json.set("ports", ports(instance.node() == null ? List.of() : instance.ports()));
        if (instance.observed().address() != null && instance.state() == InstanceState.RUNNING) {
            json.put("address", instance.observed().address());
        }
        json.put("reason", instance.reason());
        json.put("restarts", instance.restarts());
        json.put("failing", instance.failing());
        PullProgress pull = instance.pull();
        if (pull != null) {
            json.putObject("pull").put("fetched_bytes", pull.fetched()).put("size_bytes", pull.size());
        }
        if (instance.exitCode() != null) {
            json.put("exit_code", instance.exitCode());
        }
        String output = instance.lastOutput();
        if (output != null) {
            output.lines().forEach(json.putArray("last_output")::add);
        }
        json.put("health", instance.health().wireName());
        json.put("created_at", instance.createdAt().toString());
        json.put("changed_at", instance.changedAt().toString());
        return json;
    }

    private static ArrayNode ports(List<PortBinding> ports) {
        ArrayNode json = Json.object().arrayNode();
        for (PortBinding port : ports) {
            ObjectNode shown = json.addObject()
                    .put("host_ip", port.hostIp())
                    .put("host_port", port.hostPort())
                    .put("container_port", port.containerPort())
                    .put("protocol", port.protocol().name().toLowerCase(Locale.ROOT));
            if (port.relay()) {
                shown.put("relay", true);
            }
        }
        return json;
    }
}
