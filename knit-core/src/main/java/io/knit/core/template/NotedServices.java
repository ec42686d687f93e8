package io.knit.core.template;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Notes what a file asks for while it is made, on any thread. */
public final class NotedServices implements ServiceLookup {
    private final ServiceLookup services;
    private final Map<String, List<Map<String, Object>>> answers = new ConcurrentHashMap<>();

    public NotedServices(ServiceLookup services) {
        this.services = services;
    }

    @Override
    public List<Map<String, Object>> of(String name) {
        return answers.computeIfAbsent(name, services::of);
    }

    /** What was answered, by what was asked for. */
    public Map<String, List<Map<String, Object>>> answers() {
        return Map.copyOf(answers);
    }

    /** Whether the same would be answered again. */
    public static boolean areStill(Map<String, List<Map<String, Object>>> answers, ServiceLookup services) {
        return answers.entrySet().stream()
                .allMatch(each -> services.of(each.getKey()).equals(each.getValue()));
    }
}
