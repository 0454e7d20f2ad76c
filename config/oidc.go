package config

import (
	"net/url"
	"slices"
	"strings"
)

// OIDC is the site's own provider of sign-ins, by OpenID Connect. Without an issuer there is none.
type OIDC struct {
	Issuer       string `yaml:"issuer"`        // https://…, as its discovery document says; http only at this machine
	ClientID     string `yaml:"client_id"`     // that it gave to Menshen
	SecretFile   string `yaml:"secret_file"`   // with the client's secret; relative to the file
	Name         string `yaml:"name"`          // on the button of the sign-in page
	Claim        string `yaml:"claim"`         // compared with the names of accounts: email, preferred_username or sub
	NewRole      string `yaml:"new_role"`      // of whoever has no account yet: guard or office; "" lets in invited people only
	SecondFactor string `yaml:"second_factor"` // of investigators and approvers: own, or provider where it says that it asked for one
	ACR          string `yaml:"acr"`           // asked for, and taken for two factors; "" goes by amr alone
}

// OIDCSecretFile gives where the client's secret is.
func (c Config) OIDCSecretFile() string { return c.resolve(c.Web.OIDC.SecretFile) }

func (c Config) checkOIDC() error {
	o := c.Web.OIDC
	if o.Issuer == "" {
		if o.ClientID != "" || o.SecretFile != "" {
			return invalid("web.oidc.issuer", "it is empty, but the client is given").WithHint("set it to the address of the provider, or empty web.oidc")
		}
		return nil
	}
	u, err := url.Parse(o.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return invalid("web.oidc.issuer", "%q is no https address", o.Issuer).WithHint("write it as the provider does in its discovery document, such as https://login.example/realms/gate")
	}
	for key, value := range map[string]string{"client_id": o.ClientID, "secret_file": o.SecretFile, "name": strings.TrimSpace(o.Name)} {
		if value == "" {
			return invalid("web.oidc."+key, "it is empty").WithHint("a provider of sign-ins needs issuer, client_id, secret_file and name")
		}
	}
	for _, c := range []struct {
		key, value string
		of         []string
	}{
		{"claim", o.Claim, []string{"email", "preferred_username", "sub"}}, {"new_role", o.NewRole, []string{"", "guard", "office"}}, {"second_factor", o.SecondFactor, []string{"own", "provider"}},
	} {
		if !slices.Contains(c.of, c.value) {
			return invalid("web.oidc."+c.key, "%q is not known", c.value).WithHint("use %s", strings.Join(slices.DeleteFunc(c.of, func(s string) bool { return s == "" }), ", "))
		}
	}
	return nil
}
