package io.knit.core.template.go;

import io.knit.core.template.bound.Budget;
import io.knit.gotemplate.bound.CostMeter;

/** Has what a Go template does paid from a budget. Its end is an error, which is no {@link io.knit.gotemplate.bound.GoFault}. */
record BudgetMeter(Budget budget) implements CostMeter {
    @Override
    public void spend(long units) {
        budget.spend(units);
    }

    @Override
    public void round() {
        budget.round();
    }

    @Override
    public void enter() {
        budget.enter();
    }

    @Override
    public void leave() {
        budget.leave();
    }

    @Override
    public void text(int length) {
        budget.text(length);
    }

    @Override
    public void output(int length) {
        budget.output(length);
    }
}
