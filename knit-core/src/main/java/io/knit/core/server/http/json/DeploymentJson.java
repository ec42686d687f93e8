package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.TemplateSpec;
import java.util.List;
import java.util.Locale;

/** A deployment as the API shows it: everything of the spec but the registry's password. */
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
        json.set("spec", spec(view.deployment().spec()));
        json.put("created_at", view.deployment().createdAt().toString());
        json.put("updated_at", view.deployment().updatedAt().toString());
        ArrayNode instances = json.putArray("instances");
        view.instances().forEach(instance -> instances.add(instance(instance)));
        return json;
    }

    private static ObjectNode spec(DeploymentSpec spec) {
        ObjectNode json = Json.object();
        json.put("name", spec.name());
        json.put("image", spec.image());
        spec.command().forEach(json.putArray("command")::add);
        spec.args().forEach(json.putArray("args")::add);
        json.set("env", Json.object(spec.env()));
        json.set("labels", Json.object(spec.labels()));
        json.set("node_selector", Json.object(spec.nodeSelector()));
        json.put("replicas", spec.replicas());
        json.put("pull", spec.pull().name().toLowerCase(Locale.ROOT));
        if (spec.registryAuth() != null) {
            json.putObject("registry_auth").put("username", spec.registryAuth().username());
        }
        ArrayNode ports = json.putArray("ports");
        for (PortSpec port : spec.ports()) {
            ObjectNode one = ports.addObject();
            if (port.hostIp() != null) {
                one.put("host_ip", port.hostIp());
            }
            if (port.hostPort() != 0) {
                one.put("host_port", port.hostPort());
            }
            one.put("container_port", port.containerPort());
            one.put("protocol", port.protocol().name().toLowerCase(Locale.ROOT));
        }
        ArrayNode templates = json.putArray("templates");
        for (TemplateSpec template : spec.templates()) {
            templates.addObject().put("destination", template.destination()).put("content", template.content());
        }
        json.put("init", spec.init());
        json.put("no_new_privileges", spec.noNewPrivileges());
        json.putObject("resources").put("pids", spec.resources().pids());
        return json;
    }

    private static ObjectNode instance(Instance instance) {
        ObjectNode json = Json.object();
        json.put("id", instance.id());
        json.put("slot", instance.slot());
        json.put("revision", instance.revision());
        json.put("state", instance.shown().wireName());
        json.put("node", instance.node());
        json.set("ports", ports(instance.ports()));
        json.put("reason", instance.reason());
        json.put("restarts", instance.restarts());
        json.put("failing", instance.failing());
        json.put("created_at", instance.createdAt().toString());
        json.put("changed_at", instance.changedAt().toString());
        return json;
    }

    private static ArrayNode ports(List<PortBinding> ports) {
        ArrayNode json = Json.object().arrayNode();
        for (PortBinding port : ports) {
            json.addObject()
                    .put("host_ip", port.hostIp())
                    .put("host_port", port.hostPort())
                    .put("container_port", port.containerPort())
                    .put("protocol", port.protocol().name().toLowerCase(Locale.ROOT));
        }
        return json;
    }
}
