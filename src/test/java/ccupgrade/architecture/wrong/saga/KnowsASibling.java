package ccupgrade.architecture.wrong.saga;

import ccupgrade.architecture.wrong.state.Counts;

final class KnowsASibling {
    private final Counts sibling = new Counts();

    @Override
    public String toString() {
        return sibling.toString();
    }
}
