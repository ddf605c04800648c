package gaps

import (
	"slices"
	"strings"
	"testing"
)

const service = "aws:ecs/service:Service"

func TestLackingHoldsTopLevelInputsOnly(t *testing.T) {
	lacking := Lacking()
	if !slices.Contains(lacking[service], "availabilityZoneRebalancing") {
		t.Errorf("lacking for %s = %v, want availabilityZoneRebalancing among them", service, lacking[service])
	}
	for token, properties := range lacking {
		for _, p := range properties {
			if p == "name" || strings.ContainsAny(p, ".[") {
				t.Errorf("%s: %q must be refused by the provider and not be left out", token, p)
			}
		}
	}
}

func TestRefuseOnAWSOnly(t *testing.T) {
	lacking, set := []string{"a", "b"}, []string{"b", "c"}
	if err := Refuse(service, lacking, set, true); err != nil {
		t.Errorf("on an emulator: %v, want no error", err)
	}
	err := Refuse(service, lacking, set, false)
	if err == nil || !strings.HasPrefix(err.Error(), service+" sets b, ") {
		t.Errorf("on AWS: %v, want an error that names the resource and b", err)
	}
	if err := Refuse(service, lacking, []string{"c"}, false); err != nil {
		t.Errorf("with nothing that is lacking: %v, want no error", err)
	}
}
