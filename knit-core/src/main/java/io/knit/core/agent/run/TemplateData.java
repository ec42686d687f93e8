package io.knit.core.agent.run;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PortBinding;
import io.knit.core.wire.Assignment;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What templates see: {@code node}, {@code deployment}, {@code instance}, {@code env}, as plain maps. */
final class TemplateData {
    private TemplateData() {}

    static Map<String, Object> of(NodeModel node, Assignment assignment, DeploymentSpec spec) {
        Map<String, Object> ofNode = new LinkedHashMap<>();
        ofNode.put("id", node.id());
        ofNode.put("hostname", node.hostname());
        ofNode.put("labels", node.labels());
        ofNode.put("mesh_ip", node.meshIp() == null ? "" : node.meshIp());
        Map<String, Object> ofDeployment = new LinkedHashMap<>();
        ofDeployment.put("name", spec.name());
        ofDeployment.put("image", spec.image());
        ofDeployment.put("revision", assignment.revision());
        ofDeployment.put("labels", spec.labels());
        Map<String, Object> ofInstance = new LinkedHashMap<>();
        ofInstance.put("id", assignment.instance());
        ofInstance.put("slot", assignment.slot());
        ofInstance.put(
                "ports", assignment.ports().stream().map(TemplateData::port).toList());
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("node", ofNode);
        model.put("deployment", ofDeployment);
        model.put("instance", ofInstance);
        model.put("env", spec.env());
        return model;
    }

    private static Map<String, Object> port(PortBinding port) {
        return Map.of(
                "host_ip", port.hostIp(),
                "host_port", port.hostPort(),
                "container_port", port.containerPort(),
                "protocol", port.protocol().name().toLowerCase(Locale.ROOT));
    }
}
