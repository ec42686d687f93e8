package io.knit.core.server.compose.take;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Processors, memory, processes and accelerators, as a service has them itself or under {@code deploy}. */
final class TakenResources {
    private static final Set<String> GPU =
            Set.of("gpu", "nvidia", "compute", "utility", "graphics", "video", "display", "compat32");

    private final ServiceReading in;
    private final Part limits;
    private final Part reserved;

    TakenResources(ServiceReading in, Part deploy) {
        this.in = in;
        Part resources = ServiceReading.given(deploy, "resources")
                .map(part -> in.map(part, "resources"))
                .orElse(Part.nothing(deploy.spot()));
        this.limits = ServiceReading.given(resources, "limits")
                .map(part -> in.map(part, "limits"))
                .orElse(Part.nothing(deploy.spot()));
        this.reserved = ServiceReading.given(resources, "reservations")
                .map(part -> in.map(part, "reservations"))
                .orElse(Part.nothing(deploy.spot()));
    }

    /** An amount and where it is given. */
    private record Amount<T>(Spot at, T value) {}

    void take() {
        cpu();
        memory();
        either("pids", limits, "pids_limit", in::number)
                .ifPresent(pids -> in.draft.set("resources.pids", pids.at(), (long) pids.value()));
        gpus();
    }

    private void gpus() {
        Optional<Amount<Long>> one =
                ServiceReading.given(reserved, "devices").flatMap(part -> gpus(part, "devices", true));
        Optional<Amount<Long>> other = in.given("gpus").flatMap(part -> gpus(part, "gpus", false));
        same(one, other, "gpus").ifPresent(gpus -> in.draft.set("resources.gpus", gpus.at(), gpus.value()));
    }

    private void cpu() {
        Optional<Amount<BigDecimal>> limit = either("cpus", limits, "cpus", in::decimal);
        Optional<Amount<BigDecimal>> least = of(reserved, "cpus", in::decimal);
        if (limit.isEmpty() && least.isPresent()) {
            in.refuse(
                    least.get().at(),
                    "processors are reserved without a limit, and what is reserved is the limit here",
                    "write limits.cpus, too, or leave it out");
        }
        limit.ifPresent(cpu -> {
            if (least.isEmpty() || least.get().value().compareTo(cpu.value()) != 0) {
                in.remark(cpu.at(), "so much of a node's processors is reserved for it, too", "");
            }
            // thousandths, of which the least is not rounded away
            BigDecimal cores = cpu.value().setScale(3, RoundingMode.UP).stripTrailingZeros();
            in.draft.set("resources.cpu", cpu.at(), JsonNodeFactory.instance.numberNode(cores));
        });
    }

    private void memory() {
        Optional<Amount<Long>> limit = either("memory", limits, "mem_limit", in::size);
        Optional<Amount<Long>> least = either("memory", reserved, "mem_reservation", in::size);
        if (limit.isEmpty() && least.isPresent()) {
            in.refuse(
                    least.get().at(),
                    "memory is reserved without a limit, and what is reserved is the limit here",
                    "write the limit, too, or leave it out");
            return;
        }
        limit.ifPresent(memory -> in.draft.set("resources.memory_max", memory.at(), memory.value()));
        least.ifPresent(memory -> in.draft.set("resources.memory", memory.at(), memory.value()));
    }

    private <T> Optional<Amount<T>> of(Part part, String name, BiFunction<Part, String, Optional<T>> reading) {
        return ServiceReading.given(part, name)
                .flatMap(each -> reading.apply(each, name))
                .map(value -> new Amount<>(part.spotOf(name), value));
    }

    /** The same amount has two places. */
    private <T extends Comparable<T>> Optional<Amount<T>> either(
            String deployed, Part deploy, String own, BiFunction<Part, String, Optional<T>> reading) {
        Optional<Amount<T>> one = of(deploy, deployed, reading);
        Optional<Amount<T>> other = of(in.service, own, reading);
        return same(one, other, own);
    }

    private <T extends Comparable<T>> Optional<Amount<T>> same(
            Optional<Amount<T>> one, Optional<Amount<T>> other, String own) {
        if (one.isPresent()
                && other.isPresent()
                && one.get().value().compareTo(other.get().value()) != 0) {
            in.refuse(other.get().at(), own + " and deploy.resources say two things", "keep deploy.resources");
        }
        return one.or(() -> other);
    }

    /** Those of all entries together, each of which is a request of its own; empty: none says how many. */
    private Optional<Amount<Long>> gpus(Part part, String name, boolean mustName) {
        if (part.is(Kind.VALUE)) {
            in.refuse(part.spot(), name + ": " + part.text() + " says no number", "write " + name + ": [{count: 1}]");
            return Optional.empty();
        }
        List<Amount<Integer>> counts = new ArrayList<>();
        for (Part each : in.items(part, name)) {
            Part device = in.map(each, name);
            List<Part> needs = ServiceReading.given(device, "capabilities")
                    .map(all -> in.values(all, "capabilities"))
                    .orElse(List.of());
            List<String> others = needs.stream()
                    .map(Part::text)
                    .filter(word -> !GPU.contains(word))
                    .toList();
            if (!others.isEmpty() || mustName && needs.isEmpty()) {
                in.refuse(
                        device.spot(),
                        needs.isEmpty()
                                ? "a device has no capabilities"
                                : "devices with " + String.join(", ", others) + " are not counted",
                        "give capabilities: [gpu]");
            }
            count(device).ifPresent(number -> counts.add(new Amount<>(device.spotOf("count"), number)));
        }
        long sum = counts.stream().mapToLong(Amount::value).sum();
        return counts.stream().findFirst().map(first -> new Amount<>(first.at(), sum));
    }

    private Optional<Integer> count(Part device) {
        Optional<Part> count = ServiceReading.given(device, "count");
        ServiceReading.given(device, "driver")
                .filter(driver -> !driver.text().equals("nvidia"))
                .ifPresent(driver ->
                        in.refuse(driver.spot(), "the driver " + driver.text() + " is not known", "leave it out"));
        if (count.isEmpty()
                || count.get().text().equals("all")
                || count.get().text().equals("-1")) {
            in.refuse(
                    count.map(Part::spot).orElse(device.spot()),
                    "all accelerators of a node are meant, and they are given by number",
                    "write count: with how many");
            return Optional.empty();
        }
        Optional<Integer> number = in.number(count.get(), "count");
        if (number.orElse(0) < 0) {
            in.wrong(count.get(), "count", "how many");
            return Optional.empty();
        }
        return number;
    }
}
