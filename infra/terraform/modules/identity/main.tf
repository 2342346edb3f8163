# Identity Platform: an address and a password, a second factor for whoever wants one, no anonymous people.

resource "google_identity_platform_config" "this" {
  project            = var.project
  authorized_domains = [trimprefix(var.origin, "https://"), "${var.project}.firebaseapp.com"]

  sign_in {
    allow_duplicate_emails = false

    email {
      enabled           = true
      password_required = true
    }

    anonymous {
      enabled = false
    }
  }

  mfa {
    state = "ENABLED"

    provider_configs {
      state = "ENABLED"

      totp_provider_config {
        adjacent_intervals = 2
      }
    }
  }

  # People sign up when they are invited; a person who signed anything is deactivated, never deleted.
  client {
    permissions {
      disabled_user_signup   = false
      disabled_user_deletion = true
    }
  }
}
