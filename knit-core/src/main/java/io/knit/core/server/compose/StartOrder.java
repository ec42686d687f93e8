package io.knit.core.server.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.text.ComposeFindings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** So that each comes after what it depends on; the file's order else. */
final class StartOrder {
    private StartOrder() {}

    static List<ComposeService> of(List<ComposeService> services, ComposeFindings findings) {
        Map<String, ComposeService> left = new LinkedHashMap<>();
        services.forEach(each -> left.put(each.deployment(), each));
        List<ComposeService> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            List<ComposeService> next = left.values().stream()
                    .filter(each -> dependencies(each).stream().noneMatch(left::containsKey))
                    .toList();
            if (next.isEmpty()) {
                ComposeService first = left.values().iterator().next();
                List<String> names =
                        left.values().stream().map(ComposeService::service).toList();
                findings.refuse(
                        first.at("/depends_on"),
                        "services depend on each other in a circle, among " + String.join(", ", names),
                        "leave out one depends_on of them");
                ordered.addAll(left.values());
                return ordered;
            }
            next.forEach(each -> left.remove(each.deployment()));
            ordered.addAll(next);
        }
        return ordered;
    }

    private static Set<String> dependencies(ComposeService service) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode name : service.spec().path("depends_on")) {
            names.add(name.asText());
        }
        return names;
    }
}
